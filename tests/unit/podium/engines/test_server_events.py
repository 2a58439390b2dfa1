"""Tests of progress events derived from server records and task outputs."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from podium.engines.kubeflow import is_run_id, stored_settings
from podium.engines.server_events import ServerEvents
from podium.progress.state import Progress
from podium.run_folder import RunFolder
from podium_ml.contracts import Candidate
from podium_ml.run.stages import NAMES, STAGES
from podium_ml.settings import TabularSettings

START = datetime(2026, 1, 1, tzinfo=UTC)
NEVER = datetime(1, 1, 1, tzinfo=UTC)


def task(name, state, begin=0, end=None):
    ended = START + timedelta(seconds=end) if end is not None else NEVER
    return SimpleNamespace(
        display_name=name, state=state, start_time=START + timedelta(seconds=begin), end_time=ended
    )


def run(*tasks, state="RUNNING"):
    return SimpleNamespace(state=state, run_details=SimpleNamespace(task_details=list(tasks)))


def every_stage_of(*tasks, state="done"):
    """Return the state of every stage of the given tasks; the server records only tasks."""
    return {stage.name: state for stage in STAGES if stage.task in tasks}


class Written:
    """Task outputs that a test controls."""

    def __init__(self):
        self.done, self.trained = {}, []

    def finished(self):
        return self.done

    def plan(self):
        return ["baseline", "lightgbm"]

    def notices(self):
        return ["Alert: Class balance. 4 of 4000 rows."]

    def candidates(self):
        new, self.trained = self.trained, []
        return new


@pytest.fixture
def folder(tmp_path):
    return RunFolder.create(tmp_path / "run", TabularSettings(target="y"), engine="kubeflow")


def progress(folder):
    folded = Progress()
    for event in folder.events():
        folded.take(event)
    return folded


def test_notices_are_not_repeated(folder):
    for _ in range(2):
        events = ServerEvents(folder, Written())
        for text in ("The image a:1 cannot be pulled.", "The image b:1 cannot be pulled.") * 2:
            events.notice(text)
    assert [event["text"][10:13] for event in folder.events()] == ["a:1", "b:1"]


def test_alerts_of_the_validation_are_told_once_with_the_plan(folder):
    written = Written()
    events = ServerEvents(folder, written)
    events.follow(run())
    assert not list(folder.events())
    written.done["plan-training"] = START
    for _ in range(2):
        events.follow(run())
        events.notice("Alert: Class balance. 4 of 4000 rows.")  # as read again from the delivered files
    assert [event["text"] for event in folder.events() if event["event"] == "notice"] == written.notices()


def test_stages_and_branches(folder):
    written = Written()
    events = ServerEvents(folder, written)
    read = task("validate-data", "SUCCEEDED", 0, 10)
    written.done["validate-data"] = START
    noise = [task(None, None), task("validate-data-driver", "SUCCEEDED", 0, 1), task("executor", "SUCCEEDED")]
    events.follow(run(read, *noise))
    assert progress(folder).stages == every_stage_of("validate_data")
    assert {"ingest_data", "validate_data"} <= set(progress(folder).stages)
    # The server knows only the time of the whole task.
    assert (progress(folder).times["ingest_data"], progress(folder).times["validate_data"]) == (0.0, 10.0)

    planned = task("plan-training", "SUCCEEDED", 10, 20)
    loop = task("for-loop-2", "RUNNING", 20)
    written.trained = [
        Candidate("baseline", "ok", n_trials=2),
        Candidate("lightgbm", "failed", reason="Out of memory."),
    ]
    events.follow(run(read, planned, loop, task("train-candidate", "RUNNING", 21)))
    seen = progress(folder)
    assert seen.stages["train_candidate"] == "running"
    assert seen.branches["lightgbm"].reason == "Out of memory."
    assert list(seen.branches) == ["baseline", "lightgbm"]
    assert seen.branches["baseline"].trials == 2

    loop.state, loop.end_time = "SUCCEEDED", START + timedelta(seconds=60)
    events.follow(run(read, planned, loop))
    assert progress(folder).stages["train_candidate"] == "done"


def test_events_are_not_repeated_by_another_process(folder):
    planned = run(task("featurize-data", "SUCCEEDED", 0, 10))
    for _ in range(2):
        events = ServerEvents(folder, Written())
        events.follow(planned)
        events.follow(planned)
    assert len(list(folder.events())) == 2


def test_stale_server_record_does_not_stop_progress(folder):
    """The record is stale when Argo compresses the state of a workflow with many nodes."""
    written = Written()
    written.done = {"featurize-data": START, "evaluate-models": START}
    ServerEvents(folder, written).follow(run(task("featurize-data", "RUNNING")))
    assert progress(folder).stages == every_stage_of("featurize_data", "evaluate_models")
    assert {"featurize_data", "challenge_champion"} <= set(progress(folder).stages)


def test_unobserved_branches_are_done(folder):
    written = Written()
    events = ServerEvents(folder, written)
    written.done = {"plan-training": START, "select-model": START}
    events.follow(run())
    assert next(one["at"] for one in folder.events() if one["event"] == "branch_planned") == START.timestamp()
    assert progress(folder).stages["train_candidate"] == "done"
    assert {one.status for one in progress(folder).branches.values()} == {"ok"}
    assert all(one.cached for one in progress(folder).branches.values())
    written.done["publish-run"] = START
    events.follow(run(state="SUCCEEDED"))
    assert set(progress(folder).stages.values()) == {"done"}


def test_cached_stages_are_done_when_run_succeeds(folder):
    written = Written()
    written.done["publish-run"] = START
    ServerEvents(folder, written).follow(run(state="SUCCEEDED"))
    assert progress(folder).stages == dict.fromkeys(NAMES, "done")
    assert progress(folder).cached == set(NAMES) - {"resolve_inputs", "plan_training", "publish_run"}


def test_nothing_is_shown_of_stages_that_an_unchanged_run_skips(folder):
    written = Written()
    written.done["resolve-inputs"] = START
    ServerEvents(folder, written).follow(run(state="SUCCEEDED"))
    assert progress(folder).stages == {"resolve_inputs": "done"}


def test_cached_tasks_are_those_that_wrote_nothing(folder):
    written = Written()
    written.done["finish-model"] = START
    tasks = [task("featurize-data", "SUCCEEDED", 0, 10), task("finish-model", "SUCCEEDED", 10, 30)]
    ServerEvents(folder, written).follow(run(*tasks))
    seen = progress(folder)
    assert seen.cached == {"featurize_data"}
    assert (seen.times["featurize_data"], seen.times["refit_model"], seen.times["explain_model"]) == (
        0,
        0,
        20,
    )


def test_events_of_a_resumed_run_are_new(folder):
    failed = run(task("featurize-data", "FAILED", 0, 5), state="FAILED")
    old = ServerEvents(folder, Written())
    old.follow(failed)
    folder.update(status="failed")
    folder.restart()
    assert progress(folder).stages == {}
    written = Written()
    written.done["featurize-data"] = START
    ServerEvents(folder, written).follow(run(task("featurize-data", "SUCCEEDED", 0, 5)))
    assert progress(folder).stages == {"featurize_data": "done"}
    old.follow(failed)  # by a command that still follows the first attempt
    old.notice("No pod starts.")
    assert progress(folder).stages == {"featurize_data": "done"}
    assert not [event for event in folder.events() if event["event"] == "notice"]


def test_commands_that_follow_at_once_write_each_event_once(folder):
    both = [ServerEvents(folder, Written()) for _ in range(2)]
    for events in both:
        events.follow(run(task("featurize-data", "SUCCEEDED", 0, 10)))
        events.notice("2 nodes are full.", about="full")
        events.notice("3 nodes are full.", about="full")
    assert [event["event"] for event in folder.events()] == ["stage_started", "stage_finished", "notice"]


def test_failed_stage(folder):
    ServerEvents(folder, Written()).follow(run(task("validate-data", "FAILED", 0, 5), state="FAILED"))
    assert progress(folder).stages == every_stage_of("validate_data", state="failed")
    assert progress(folder).stages["validate_data"] == "failed"


def test_run_ids(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_id = "115304fa-4f97-4258-ba4c-9c21f1e2002e"
    assert is_run_id(run_id)
    assert not is_run_id("runs/german-20260101")
    (tmp_path / run_id).mkdir()
    assert not is_run_id(run_id)


def test_settings_of_run_started_from_form():
    """Kubeflow stores numbers as floats, and its form also sends parameters that are not settings."""
    parameters = {"target": "y", "max_trials": 3.0, "images": {}, "fingerprint": "f", "reader": {}}
    settings, wrong = stored_settings(SimpleNamespace(runtime_config=SimpleNamespace(parameters=parameters)))
    assert (settings.target, settings.max_trials, wrong) == ("y", 3, {})
