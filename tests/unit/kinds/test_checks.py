"""Tests of what is told about settings before any data are read."""

import pytest

from podium_ml.errors import SettingsError
from podium_ml.kinds import KINDS
from podium_ml.kinds.checks import check_settings
from podium_ml.stages import resolve_inputs

WRONG = {"time_limit": "soon", "algorithms": "lightgm", "metric": "roc_auk", "task": "clustering"}


def mistakes(check):
    with pytest.raises(SettingsError) as caught:
        check()
    return sorted(line.partition(":")[0] for line in str(caught.value).splitlines())


def test_all_mistakes_are_told_at_once():
    needed = {"source": "name the data.", "name": "name the schedule."}
    found = mistakes(lambda: check_settings(WRONG, needed=needed))
    assert found == ["algorithms", "metric", "name", "source", "target", "task", "time_limit"]


def test_first_task_tells_all_mistakes_at_once():
    found = mistakes(lambda: resolve_inputs.run(kind="tabular", settings=WRONG))
    assert found == ["algorithms", "metric", "source", "target", "task", "time_limit"]


def test_a_wrong_field_is_not_missing_too():
    assert mistakes(lambda: check_settings({"target": 5})) == ["target"]
    assert mistakes(lambda: check_settings({"target": "y", "source": 5}, needed={"source": "name it."})) == [
        "source"
    ]


def test_metric_of_another_task_is_told():
    values = {"target": "y", "task": "binary", "metric": "rmse"}
    assert mistakes(lambda: check_settings(values)) == ["metric"]
    assert check_settings({**values, "task": "regression"}, kind=KINDS["tabular"]).metric == "rmse"
    assert check_settings({**values, "task": "classification", "metric": "f1"}).metric == "f1"
