"""The compiled pipeline itself: its golden, its promises, its run form."""

import inspect
import os
from pathlib import Path

import pytest
import yaml

from podium.packages import PIPELINES, compile_package, pipeline_arguments
from podium_ml.settings.tabular import Settings

GOLDEN = Path(__file__).parent / "golden"
# Stages that train, combine or choose models that are scored: test rows must never reach them.
BLIND = {
    "plan-training",
    "featurize-data",
    "train-branch",
    "train-candidate",
    "build-ensemble",
    "select-model",
}


def load(path):
    """Return the package without what differs between versions of the compiler."""
    package = next(yaml.safe_load_all(Path(path).read_text()))
    package.pop("sdkVersion", None)
    return package


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The compiled tabular pipeline."""
    return load(compile_package("tabular", tmp_path_factory.mktemp("package")))


@pytest.mark.parametrize("name", PIPELINES)
def test_package_equals_its_golden(name, tmp_path):
    compiled = compile_package(name, tmp_path)
    if os.environ.get("PODIUM_UPDATE_GOLDEN"):
        (GOLDEN / f"{name}.yaml").write_bytes(compiled.read_bytes())
    assert load(compiled) == load(GOLDEN / f"{name}.yaml"), "if this change is meant: make golden"


@pytest.mark.parametrize("name", PIPELINES)
def test_compilation_is_deterministic_and_ascii(name, tmp_path):
    first, second = (compile_package(name, tmp_path / part).read_bytes() for part in "ab")
    assert first == second
    first.decode("ascii")


def edges(package):
    """Yield (producer, output, consumer) for every artifact or parameter that one task hands to another."""
    dags = {name: spec["dag"] for name, spec in package["components"].items() if "dag" in spec}
    for dag in [package["root"]["dag"], *dags.values()]:
        for consumer, task in dag["tasks"].items():
            for given in (task.get("inputs") or {}).values():
                for source in given.values():
                    for key in ("taskOutputArtifact", "taskOutputParameter"):
                        if key in source:
                            output = source[key].get("outputArtifactKey") or source[key].get(
                                "outputParameterKey"
                            )
                            yield source[key]["producerTask"], output, consumer


def reached_by(package, producer, output):
    """Return all tasks that data of one output can reach, directly or through others."""
    links = list(edges(package))
    reached = {consumer for p, o, consumer in links if (p, o) == (producer, output)}
    while more := {c for p, _, c in links if p in reached} - reached:
        reached |= more
    return reached


def test_test_rows_reach_no_task_that_trains_ensembles_or_selects(package):
    reached = reached_by(package, "validate-data", "test")
    assert reached == {
        "evaluate-models",
        "challenge-champion",
        "explain-model",
        "refit-model",
        "publish-run",
    }
    assert not reached & BLIND


def test_the_comparison_with_the_champion_reaches_nothing_but_what_publishes(package):
    outputs = package["components"]["comp-challenge-champion"]["outputDefinitions"]["artifacts"]
    reached = set().union(*(reached_by(package, "challenge-champion", output) for output in outputs))
    assert reached == {"publish-run"}


def test_what_is_known_of_the_champion_comes_from_the_registry_alone(package):
    """Else test rows of this run could come to what trains by way of the champion."""
    readers = {"read-champion", "read-lessons"}
    given = {producer for producer, _, consumer in edges(package) if consumer in readers}
    assert given <= {"resolve-inputs"}
    assert BLIND & reached_by(package, "read-lessons", "folder")
    assert not BLIND & reached_by(package, "read-champion", "folder")


def test_the_check_above_can_fail(package):
    assert BLIND & reached_by(package, "validate-data", "train")


def test_loop_tasks_get_only_training_data(package):
    loop = next(spec for name, spec in package["components"].items() if name.startswith("comp-for-loop"))
    inputs = set(loop["inputDefinitions"]["artifacts"])
    assert inputs == {"pipelinechannel--featurize-data-features", "pipelinechannel--validate-data-problem"}


def test_every_parameter_has_type_default_and_description(package):
    parameters = package["root"]["inputDefinitions"]["parameters"]
    for name, parameter in parameters.items():
        assert parameter["parameterType"], name
        assert "defaultValue" in parameter, name
        assert parameter["description"].endswith("."), name
        assert len(parameter["description"]) < 120, name


def test_parameters_are_the_settings(package):
    parameters = package["root"]["inputDefinitions"]["parameters"]
    settings = pipeline_arguments(Settings())
    assert set(settings) | {"images", "placement"} == set(parameters)
    for name, field in Settings.model_fields.items():
        if name != "reader":
            assert parameters[name]["defaultValue"] == settings[name], name
            assert parameters[name]["description"] == field.description, name


def test_branch_gets_the_resources_of_its_loop_item(package):
    resources = package["deploymentSpec"]["executors"]["exec-train-candidate"]["container"]["resources"]
    assert "cpu" in resources["resourceCpuLimit"]
    assert "memory" in resources["resourceMemoryLimit"]


def test_components_read_their_types_at_run_time():
    """Postponed annotations would reach KFP as text."""
    import podium_components

    for module in Path(inspect.getfile(podium_components)).parent.glob("*.py"):
        assert "from __future__ import annotations" not in module.read_text(), module
