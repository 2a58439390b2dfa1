"""Tests of real runs with failing branches, which the leaderboard lists with their reasons."""

from pathlib import Path

import pytest

from podium.api import open_run, run
from podium_ml.errors import PodiumError
from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow
FAULTY = Path(__file__).parent / "faulty_algorithms"


@pytest.fixture(autouse=True)
def faulty_algorithms(monkeypatch):
    """Register the faulty algorithms in this process and in all processes of a run."""
    from podium_ml.tabular import algorithms

    monkeypatch.setenv("PODIUM_ALGORITHMS", str(FAULTY))
    monkeypatch.setattr(algorithms, "__path__", [*algorithms.__path__, str(FAULTY)])
    monkeypatch.setattr(algorithms.ALGORITHMS, "_entries", None)
    yield
    algorithms.ALGORITHMS._entries = None


def test_failed_branches_do_not_fail_the_run(tmp_path):
    finished = run(
        binary_table(200),
        "churn",
        algorithms="raises,dies,dies_late,devours,hangs,logistic_regression",
        max_memory="1500M",
        time_limit="40s",
        out=tmp_path / "run",
    ).wait()
    board = finished.leaderboard.set_index("model")
    reasons = board["reason"].fillna("")
    assert "this algorithm always fails" in reasons["raises"]
    assert "signal 9" in reasons["dies"]
    assert "Out of memory" in reasons["devours"]
    assert "Out of time" in reasons["hangs"]
    assert set(board.index[board["status"] == "failed"]) == {"raises", "dies", "devours", "hangs"}
    assert board.loc["logistic_regression", "status"] == "ok"
    assert board.loc["dies_late", "status"] == "ok"  # the trials that it saved before it died still count
    assert len(finished.predictor.predict(binary_table(5))) == 5


def test_failed_branch_does_not_come_from_the_cache(tmp_path):
    given = {"algorithms": "dies,logistic_regression", "max_trials": 1}
    first = run(binary_table(200), "churn", out=tmp_path / "run", **given).wait()
    known = len(list(first.folder.events()))
    first.folder.update(status="cancelled")  # so that it can be resumed
    open_run(tmp_path / "run").resume().wait()
    began = [event for event in list(first.folder.events())[known:] if event["event"] == "stage_started"]
    assert {event["algorithm"] for event in began if event["stage"] == "train_candidate"} == {"dies"}


def test_a_killed_refit_does_not_fail_the_run(tmp_path):
    finished = run(binary_table(200), "churn", algorithms="dies_refitted", out=tmp_path / "run").wait()
    assert finished.metrics["refitted"] is False
    assert "not refitted on all rows. Killed by signal 9" in finished.report.read_text()
    chosen = finished.leaderboard.set_index("model").query("chosen").index[0]
    assert chosen != "baseline"
    assert finished.predictor.name == chosen
    assert len(finished.predictor.predict(binary_table(5))) == 5


def test_run_without_any_model_fails_with_a_reason(tmp_path):
    """The memory limit is so low that even the baseline is killed."""
    with pytest.raises(PodiumError, match="memory"):
        run(binary_table(200), "churn", algorithms="raises", max_memory="60M", out=tmp_path / "run").wait()
    assert not (tmp_path / "run" / "model.pkl").exists()
