"""Tests of the mapping from module names in old pickles to current module names."""

from importlib.util import find_spec

import pytest

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
