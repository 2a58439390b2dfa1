"""Tests of the mapping from module names in old pickles to current module names."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from podium_ml.algorithms.quantile_regression import QuantileRegressor
from podium_ml.files import pickles
from podium_ml.files.moved_names import _MOVED, present_name


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("podium_ml.predictor", "podium_ml.tabular.predictor"),
        ("podium_ml.encoders", "podium_ml.tabular.encoders"),
        ("podium_ml.encoders.onehot", "podium_ml.tabular.encoders.onehot"),
        ("podium_ml.featurization.featurizer", "podium_ml.tabular.features.featurizer"),
        # The longest matching prefix wins.
        ("podium_ml.featurization._dates", "podium_ml.values.dates"),
        ("podium_ml.featurization._plain_text", "podium_ml.values.plain_text"),
        ("podium_ml.algorithms._boosting", "podium_ml.tabular.algorithms._boosting"),
    ],
)
def test_moved_names_are_resolved(before: str, now: str) -> None:
    assert present_name(before) == now
    assert find_spec(now) is not None


@pytest.mark.parametrize(
    "module",
    [
        "sklearn.tree",
        "podium_ml.models.bagged_model",
        "podium_ml.tabular.predictor",
        "podium_ml.predictors",
        "podium_ml.featurization_of_others",
        "other.podium_ml.predictor",
        "",
    ],
)
def test_other_names_are_unchanged(module: str) -> None:
    assert present_name(module) == module


@pytest.mark.parametrize("before", _MOVED)
def test_every_new_module_exists(before: str) -> None:
    assert present_name(before) == _MOVED[before]
    assert find_spec(_MOVED[before]) is not None


def test_longer_prefixes_come_first() -> None:
    names = list(_MOVED)
    for at, name in enumerate(names):
        assert not any(name.startswith(f"{earlier}.") for earlier in names[:at])


def test_new_names_are_final() -> None:
    for now in _MOVED.values():
        assert present_name(now) == now


def test_models_by_quantile_regression_load(tmp_path: Path) -> None:
    """Its module is where other algorithms once were, and has not moved."""
    rows = np.arange(12.0).reshape(-1, 1)
    model = QuantileRegressor(LinearRegression(), level=0.5).fit(rows, rows[:, 0])
    pickles.dump(model, tmp_path / "model.pkl", kind="meta")
    loaded = pickles.load(tmp_path / "model.pkl", kind="meta")
    np.testing.assert_array_equal(loaded.predict(rows), model.predict(rows))
