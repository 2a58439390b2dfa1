"""Tests of the Secrets that the compiled tasks get: only tasks that fetch or publish get any."""

import pytest
import yaml

from podium.packages import compile_package
from podium_ml.kinds import KINDS

# Tasks that run estimators on the data of a stranger.
ISOLATED = {"exec-plan-training", "exec-featurize-data", "exec-train-candidate", "exec-finish-model"}
REGISTRY = {"exec-resolve-inputs", "exec-validate-data", "exec-evaluate-models", "exec-publish-run"}
HOLDERS = {
    "MLFLOW_TRACKING_PASSWORD": REGISTRY,
    "PODIUM_SECRET_SOURCE": {"exec-resolve-inputs", "exec-validate-data"},
    "PODIUM_SIGNING_KEY": {"exec-publish-run"},
    "PODIUM_WEBHOOK_URL": {"exec-resolve-inputs", "exec-publish-run", "exec-finalize-run"},
    # Select leaves notes about failed branches in the store.
    "AWS_SECRET_ACCESS_KEY": REGISTRY | {"exec-select-model"},
}


@pytest.fixture(scope="module", params=list(KINDS))
def executors(request, tmp_path_factory):
    """Return the Kubernetes settings of each task."""
    path = compile_package(request.param, tmp_path_factory.mktemp("package"))
    _, platform = yaml.safe_load_all(path.read_text())
    return platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]


def variables(executor):
    pairs = [pair for secret in executor.get("secretAsEnv", []) for pair in secret["keyToEnv"]]
    return {pair["envVar"] for pair in pairs}


def test_tasks_that_neither_fetch_nor_publish_get_no_secret(executors):
    assert set(executors) >= ISOLATED
    for name in ISOLATED:
        assert not variables(executors[name]), name
        assert not executors[name].get("secretAsVolume"), name


@pytest.mark.parametrize("variable", HOLDERS)
def test_each_secret_reaches_the_tasks_that_need_it(executors, variable):
    assert {name for name, one in executors.items() if variable in variables(one)} == HOLDERS[variable]


def test_keys_that_the_launcher_may_read_are_those_of_the_store_alone(executors):
    """The account of the runs may read this Secret, so every pod of a run can."""
    for executor in executors.values():
        for secret in executor.get("secretAsEnv", []):
            if secret["secretName"] == "podium-credentials":
                assert all(pair["envVar"].startswith("AWS_") for pair in secret["keyToEnv"])


def test_pods_say_which_task_they_run(executors):
    """Network policies select by this label."""
    for name, executor in executors.items():
        assert executor["podMetadata"]["labels"] == {"podium.run/task": name.removeprefix("exec-")}
