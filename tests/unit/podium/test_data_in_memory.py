"""Tests of runs on data that a program holds in memory: what is stored for the run, before it starts."""

import numpy as np
import pandas as pd
import pytest

import podium
from podium.api import Run
from podium_ml.errors import DataError, SettingsError
from podium_ml.ingestion import read_frame

X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


@pytest.fixture(autouse=True)
def _nothing_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(Run, "resume_work", lambda self: None)
    monkeypatch.chdir(tmp_path)


def stored(data, target, **settings):
    """Return the rows that a run would read, and the name of its target."""
    found = podium.run(data, target, out="run", **settings).folder.settings
    return read_frame(found.source), found.target


@pytest.mark.parametrize(
    ("data", "target", "columns", "name"),
    [
        (pd.DataFrame({"a": [1, 2], "y": [0, 1]}), "y", ["a", "y"], "y"),
        ({"a": [1, 2], "y": [0, 1]}, "y", ["a", "y"], "y"),
        ([{"a": 1, "y": 0}, {"a": 2, "y": 1}], "y", ["a", "y"], "y"),
        (X, 1, ["0", "1"], "1"),
        (X, np.array([0, 1, 0]), ["0", "1", "target"], "target"),
        (X, pd.Series([0, 1, 0], index=[7, 8, 9], name="y"), ["0", "1", "y"], "y"),
        (pd.DataFrame({"a": [1, 2], "p": [0, 1], "q": [1, 0]}), ["p", "q"], ["a", "p", "q"], "p,q"),
    ],
)
def test_data_and_target_in_any_form(data, target, columns, name):
    rows, found = stored(data, target)
    assert list(rows.columns) == columns
    assert found == name
    assert len(rows) == len(X) or len(rows) == 2
    assert not rows.isna().any().any()


def test_test_rows_and_levels_of_the_index():
    rows = pd.DataFrame({"a": [1, 2], "y": [0, 1]}, index=pd.Index([10, 11], name="when"))
    settings = podium.run(rows, "y", test=rows, time_column="when", out="run").folder.settings
    for source in (settings.source, settings.test):
        assert read_frame(source)["when"].tolist() == [10, 11]


@pytest.mark.parametrize(
    ("data", "target", "words"),
    [
        (np.zeros(3), "y", "source: the values of this ndarray"),
        ({1, 2}, "y", "source: a table cannot be read from a set"),
        (None, "y", "source"),
        (X, np.array([0, 1]), "target: there are 2 values for 3 rows"),
        (pd.DataFrame({"a": [1j, 2j], "y": [0, 1]}), "y", "Column 'a': Complex numbers"),
    ],
)
def test_mistakes_are_told_before_a_run_is_created(data, target, words, tmp_path):
    with pytest.raises((DataError, SettingsError), match=words):
        podium.run(data, target, out="run")
    assert not (tmp_path / "run").exists()
