"""Tests of which tasks a changed setting reruns on the embedded engine, and which come from the cache."""

import pytest

import podium
from podium_ml.run.stages import STAGES
from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow
KNOWN = "logistic_regression,decision_tree"
# Tasks that depend on the outside world, or whose outputs must be among those of the current run.
NEVER_CACHED = {"resolve_inputs", "plan_training", "publish_run"}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Return a finished run that is alone in its folder."""
    folder = tmp_path_factory.mktemp("runs")
    binary_table(200).to_csv(folder / "churn.csv", index=False)
    source = folder / "churn.csv"
    return podium.run(source, "churn", out=folder / "run", algorithms=KNOWN, max_trials=1).wait()


def again(first, **changes):
    """Repeat a run with other settings and its cache, and return the tasks and branches that were executed."""
    folder, known = first.folder, len(list(first.folder.events()))
    folder.write_settings(folder.settings.model_copy(update=changes))
    folder.update(status="cancelled")  # so that it can be resumed
    assert podium.open_run(folder.path).resume().wait().status == "succeeded"
    began = [event for event in list(folder.events())[known:] if event["event"] == "stage_started"]
    stages = {event["stage"] for event in began}
    tasks = {stage.task for stage in STAGES if stage.name in stages}
    # An executed task executes all of its stages.
    assert stages == {stage.name for stage in STAGES if stage.task in tasks}
    return tasks, {event["algorithm"] for event in began if event["stage"] == "train_candidate"}


def test_first_run_executes_everything(first):
    events = [event for event in first.folder.events() if event["event"] == "stage_started"]
    assert {event["stage"] for event in events} == {stage.name for stage in STAGES}
    branches = {event["algorithm"] for event in events if event["stage"] == "train_candidate"}
    assert branches == {"baseline", *KNOWN.split(",")}


def test_added_algorithm_reruns_only_its_branch_and_dependent_tasks(first):
    tasks, branches = again(first, algorithms=f"{KNOWN},naive_bayes", notify="always")
    assert branches == {"naive_bayes"}
    assert tasks == NEVER_CACHED | {"train_candidate", "select_model", "evaluate_models", "finish_model"}
    assert {"naive_bayes", *KNOWN.split(",")} <= set(first.leaderboard["model"])


def test_changed_notification_reruns_nothing(first):
    assert again(first, notify="") == (NEVER_CACHED, set())


def test_changed_promotion_reruns_only_the_evaluation(first):
    assert again(first, promote="never") == (NEVER_CACHED | {"evaluate_models"}, set())


def test_disabled_refit_reruns_only_the_final_task(first):
    assert again(first, refit=False) == (NEVER_CACHED | {"finish_model"}, set())
    assert first.metrics["refitted"] is False
