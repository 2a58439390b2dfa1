"""Tests of progress: folding events, and showing them as lines, JSON and a live table."""

import io
import json
import sys
from types import SimpleNamespace

from rich.console import Console

from podium.progress.events import EventReader
from podium.progress.lines import JsonLines, PlainLines
from podium.progress.live import LiveTable
from podium.progress.notebook import NotebookProgress, notebook_progress
from podium.progress.state import Progress, clock
from podium.progress.watch import watch
from podium.run_folder import RunFolder, RunState
from podium_ml.settings import TabularSettings

EVENTS = [
    {"event": "stage_started", "at": 1.0, "stage": "ingest_data"},
    {"event": "stage_finished", "at": 2.5, "stage": "ingest_data"},
    {
        "event": "branch_planned",
        "at": 3.0,
        "branches": [{"algorithm": "ridge", "seconds": 9.0}, {"algorithm": "svm"}, {"algorithm": "tree"}],
    },
    {"event": "stage_started", "at": 3.0, "stage": "train_candidate", "algorithm": "ridge"},
    {"event": "stage_started", "at": 3.0, "stage": "train_candidate", "algorithm": "svm"},
    {"event": "trial_finished", "at": 4.0, "algorithm": "ridge", "number": 0, "score": 0.5, "best": 0.5},
    {"event": "trial_finished", "at": 5.0, "algorithm": "ridge", "number": 1, "score": 0.4, "best": 0.5},
    {"event": "branch_finished", "at": 6.0, "algorithm": "ridge", "status": "ok", "score": 0.5},
    {"event": "stage_finished", "at": 6.0, "stage": "train_candidate", "algorithm": "ridge"},
    {
        "event": "branch_finished",
        "at": 7.0,
        "algorithm": "svm",
        "status": "failed",
        "reason": "Out of memory.",
    },
    {"event": "notice", "at": 7.0, "text": "The image x:1 cannot be pulled."},
    {"event": "something_new", "at": 7.0},
]


def fold(events):
    progress = Progress()
    for event in events:
        progress.take(event)
    return progress


def test_events_fold_into_progress():
    progress = fold(EVENTS)
    ridge, svm, tree = progress.branches.values()
    assert (ridge.status, ridge.trials, ridge.best, ridge.seconds) == ("ok", 2, 0.5, 9.0)
    assert (svm.status, svm.reason) == ("failed", "Out of memory.")
    assert tree.status == "waiting"
    assert progress.stages == {"ingest_data": "done", "train_candidate": "running"}
    assert progress.times["ingest_data"] == 1.5


def test_training_is_done_when_last_branch_is_done():
    done = {"event": "branch_finished", "at": 8.0, "algorithm": "tree", "status": "ok", "score": 0.1}
    stage = {"event": "stage_finished", "at": 8.0, "stage": "train_candidate", "algorithm": "tree"}
    assert fold([*EVENTS, done, stage]).stages["train_candidate"] == "done"


def test_resumed_run_begins_unfinished_branches_anew():
    again = [
        {"event": "run_resumed", "at": 20.0},
        {"event": "stage_started", "at": 21.0, "stage": "train_candidate", "algorithm": "tree"},
        {"event": "trial_finished", "at": 22.0, "algorithm": "tree", "number": 0, "score": 0.3, "best": 0.3},
    ]
    trial = {
        "event": "trial_finished",
        "at": 9.0,
        "algorithm": "tree",
        "number": 0,
        "score": 0.2,
        "best": 0.2,
    }
    progress = fold([*EVENTS, trial, *again])
    ridge, svm, tree = progress.branches.values()
    assert (ridge.status, ridge.trials) == ("ok", 2)
    assert (svm.status, svm.reason) == ("waiting", "")
    assert (tree.status, tree.trials, tree.best) == ("running", 1, 0.3)
    assert progress.stages == {"ingest_data": "done", "train_candidate": "running"}


def test_number_of_trials_is_that_of_the_ledger():
    done = {
        "event": "branch_finished",
        "at": 8.0,
        "algorithm": "tree",
        "status": "ok",
        "score": 0.1,
        "n_trials": 4,
    }
    assert fold([*EVENTS, done]).branches["tree"].trials == 4


def test_cached_results_are_said_to_be_cached(capsys):
    planned = {"event": "branch_planned", "at": 1.0, "branches": [{"algorithm": "ridge"}]}
    events = [
        planned,
        {"event": "stage_started", "at": 1.0, "stage": "featurize_data"},
        {"event": "stage_finished", "at": 1.0, "stage": "featurize_data", "seconds": 0.0, "cached": True},
        {
            "event": "branch_finished",
            "at": 2.0,
            "algorithm": "ridge",
            "status": "ok",
            "score": None,
            "cached": True,
        },
    ]
    show(PlainLines(started=0.0), events)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "[   1.0s] featurize_data taken from an earlier run",
        "[   2.0s] ridge taken from an earlier run",
    ]
    shown = []
    show(NotebookProgress(shown.append, started=0.0, time_limit=None), events)
    assert "<td>ridge</td><td>ok</td><td>cached</td>" in shown[-1]
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    show(LiveTable(console, started=0.0, time_limit=None), events)
    assert "cached" in console.file.getvalue()


def test_unknown_and_tiny_times_are_not_shown(capsys):
    for at, seconds in ((1.0, {"seconds": 0.0}), (1.04, {})):
        started = {"event": "stage_started", "at": 1.0, "stage": "featurize_data"}
        finished = {"event": "stage_finished", "at": at, "stage": "featurize_data", **seconds}
        show(PlainLines(started=5.0), [started, finished])
        assert capsys.readouterr().out == "[   0.0s] featurize_data done\n"


class Ended:
    """An engine whose run has ended."""

    def wait(self, seconds):
        """See ``Engine.wait``."""
        return RunState("x", "succeeded", started=0.0)


def test_only_the_present_attempt_is_shown(tmp_path, capsys):
    folder = RunFolder.create(tmp_path / "run", TabularSettings(target="y"))
    folder.append(EVENTS)
    folder.update(status="failed")
    state = folder.restart()
    at = state.started + 2.0
    folder.append([{"event": "stage_started", "at": at, "stage": "build_ensemble"}])
    folder.append([{"event": "stage_finished", "at": at + 1.0, "stage": "build_ensemble"}])
    branches = [{"algorithm": "ridge"}, {"algorithm": "svm"}]
    folder.append([{"event": "branch_planned", "at": at + 2.0, "branches": branches}])
    watch(folder, Ended(), PlainLines(started=state.started), seconds=None)
    assert capsys.readouterr().out.splitlines() == [
        "[   3.0s] build_ensemble done in 1.0s",
        "[   4.0s] 2 branches: ridge, svm; kept from an earlier attempt: ridge",
    ]


def show(shower, events):
    progress = Progress()
    for event in events:
        progress.take(event)
        shower.event(event, progress)
        shower.tick(progress)
    shower.close()


def test_plain_lines_show_main_events(capsys):
    show(PlainLines(started=0.0), EVENTS)
    out = capsys.readouterr().out
    assert "ingest_data done in 1.5s" in out
    assert "3 branches: ridge, svm, tree" in out
    assert out.count("ridge: trial") == 1  # the second trial did not improve the score
    assert "ridge done: 2 trials, best 0.5" in out
    assert "svm failed: Out of memory." in out
    assert out.splitlines()[-1].endswith("] The image x:1 cannot be pulled.")


def test_json_lines_contain_all_events(capsys):
    show(JsonLines(), EVENTS)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == EVENTS


def test_live_table_shows_branches_and_stages():
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    show(LiveTable(console, started=0.0, time_limit=60.0), EVENTS)
    text = console.file.getvalue()
    assert "ridge" in text
    assert "Out of memory." in text
    assert "of 1:00" in text
    assert "The image x:1 cannot be pulled." in text


def test_clock():
    assert (clock(0), clock(59.9), clock(61), clock(3601)) == ("0:00", "0:59", "1:01", "60:01")


def test_reader_returns_only_new_events(tmp_path):
    path = tmp_path / "events"
    reader = EventReader(path)
    assert reader.read() == []
    path.write_text('{"event": "a"}\ncut short by a full disk\n{"event"')
    assert reader.read() == [{"event": "a"}]
    with path.open("a") as file:
        file.write(': "b"}\n')
    assert reader.read() == [{"event": "b"}]


def test_notebook_shows_branches_as_html():
    shown = []
    show(NotebookProgress(shown.append, started=0.0, time_limit=60.0), EVENTS)
    assert "of 1:00</b> Training the algorithms" in shown[-1]
    assert "<td>ridge</td><td>ok</td><td>2</td><td>0.5</td>" in shown[-1]
    assert "failed: Out of memory." in shown[-1]
    assert "The image x:1 cannot be pulled." in shown[-1]
    assert len(shown) == 2  # the first state, and the last one


def test_notebook_progress_only_in_notebooks(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert notebook_progress(started=0.0, time_limit=None) is None
    terminal = SimpleNamespace(get_ipython=lambda: SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython", terminal)
    assert notebook_progress(started=0.0, time_limit=None) is None
