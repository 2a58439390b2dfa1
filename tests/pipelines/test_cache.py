"""What a changed setting has done again on the embedded engine, and what comes from the cache."""

import pytest

import podium
from podium_ml.run.stages import STAGES
from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow
KNOWN = "logistic_regression,decision_tree"
# Tasks that look at the outside world, or whose outputs whoever follows the run looks for among its own.
NEVER_CACHED = {"resolve_inputs", "plan_training", "publish_run"}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A finished run, alone in its folder."""
    folder = tmp_path_factory.mktemp("runs")
    binary_table(200).to_csv(folder / "churn.csv", index=False)
    source = folder / "churn.csv"
    return podium.run(source, "churn", out=folder / "run", algorithms=KNOWN, max_trials=1).wait()


def again(first, **changes):
    """Do a run again with other settings, the cache being there; return its tasks that were done, and its branches."""
    folder, told = first.folder, len(list(first.folder.events()))
    folder.write_settings(folder.settings.model_copy(update=changes))
    folder.update(status="cancelled")  # for whoever resumes it
    assert podium.open_run(folder.path).resume().wait().status == "succeeded"
    began = [event for event in list(folder.events())[told:] if event["event"] == "stage_started"]
    stages = {event["stage"] for event in began}
    tasks = {stage.task for stage in STAGES if stage.name in stages}
    # Whatever is done again is done whole.
    assert stages == {stage.name for stage in STAGES if stage.task in tasks}
    return tasks, {event["algorithm"] for event in began if event["stage"] == "train_candidate"}


def test_everything_is_done_at_first(first):
    events = [event for event in first.folder.events() if event["event"] == "stage_started"]
    assert {event["stage"] for event in events} == {stage.name for stage in STAGES}
    branches = {event["algorithm"] for event in events if event["stage"] == "train_candidate"}
    assert branches == {"baseline", *KNOWN.split(",")}


def test_another_algorithm_has_only_that_trained_and_what_depends_on_it_done_again(first):
    tasks, branches = again(first, algorithms=f"{KNOWN},naive_bayes", notify="always")
    assert branches == {"naive_bayes"}
    assert tasks == NEVER_CACHED | {"train_candidate", "select_model", "evaluate_models", "finish_model"}
    assert {"naive_bayes", *KNOWN.split(",")} <= set(first.leaderboard["model"])


def test_whom_to_tell_has_nothing_done_again(first):
    assert again(first, notify="") == (NEVER_CACHED, set())


def test_when_to_promote_has_the_comparison_alone_done_again(first):
    assert again(first, promote="never") == (NEVER_CACHED | {"evaluate_models"}, set())


def test_a_refit_that_is_not_wanted_leaves_the_scores_as_they_are(first):
    assert again(first, refit=False) == (NEVER_CACHED | {"finish_model"}, set())
    assert first.metrics["refitted"] is False
