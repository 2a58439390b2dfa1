"""Tests of progress: folding events, and showing them as lines, JSON and a live table."""

import io
import json
import sys
from types import SimpleNamespace

from rich.console import Console

from podium.progress.lines import JsonLines, PlainLines
from podium.progress.live import LiveTable
from podium.progress.notebook import NotebookProgress, notebook_progress
from podium.progress.state import Progress, clock
from podium.progress.watch import EventReader

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


def show(shower, events):
    progress = Progress()
    for event in events:
        progress.take(event)
        shower.event(event, progress)
        shower.tick(progress)
    shower.close()


def test_plain_lines_show_main_events(capsys):
    show(PlainLines(), EVENTS)
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
    show(LiveTable(console, time_limit=60.0), EVENTS)
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
    show(NotebookProgress(shown.append, time_limit=60.0), EVENTS)
    assert "of 1:00</b> Training the algorithms" in shown[-1]
    assert "<td>ridge</td><td>ok</td><td>2</td><td>0.5</td>" in shown[-1]
    assert "failed: Out of memory." in shown[-1]
    assert "The image x:1 cannot be pulled." in shown[-1]
    assert len(shown) == 2  # the first state, and the last one


def test_notebook_progress_only_in_notebooks(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert notebook_progress(time_limit=None) is None
    terminal = SimpleNamespace(get_ipython=lambda: SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython", terminal)
    assert notebook_progress(time_limit=None) is None
