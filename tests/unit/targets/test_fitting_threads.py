"""Tests of the number of threads of a fit."""

from pathlib import Path
from typing import Any

import pytest

from podium_ml.run import concurrency, working
from podium_ml.run.budget import Deadline
from podium_ml.targets._fitting import Fitting


def fitting(deadline: Deadline) -> Fitting:
    """Return a fit of a branch that has one thread while all branches run."""
    values: dict[str, Any] = dict.fromkeys(Fitting.__dataclass_fields__)
    return Fitting(**{**values, "n_jobs": 1, "deadline": deadline})


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run as the only task of a local run on a machine with eight cores."""
    monkeypatch.setenv(working.WORKING_VARIABLE, str(tmp_path))
    monkeypatch.setattr(concurrency, "cores", lambda: 8)
    with working.announced():
        yield


@pytest.mark.usefixtures("alone")
def test_last_branch_uses_all_cores() -> None:
    assert fitting(Deadline.after(60.0))._threads() == 8


@pytest.mark.usefixtures("alone")
def test_run_without_a_time_limit_gives_the_same_result_each_time() -> None:
    """Sums of floats may depend on the number of threads, which must not depend on when other branches end."""
    assert fitting(Deadline())._threads() == 1


def test_branch_in_a_pod_has_the_cores_of_its_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(working.WORKING_VARIABLE, raising=False)
    assert fitting(Deadline.after(60.0))._threads() == 1
