"""Tests that parts of dates that say nothing are left out, and others are not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import ColumnChoice, Feature, FeatureSchema
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.splits.folds import make_folds
from podium_ml.tabular.features._moments import PARTS
from podium_ml.training.column_choices import ALL_ROWS, ColumnChoices
from podium_ml.training.silent_parts import silent_parts, split_columns
from tests.unit.training.conftest import make_problem, make_table

ROWS = 2_000


def parts_of(moments: pd.Series) -> pd.DataFrame:
    values = moments.to_numpy().astype("M8[us]")
    return pd.DataFrame({f"seen_{name}": np.float64(part(values)) for name, (_, part) in PARTS.items()})


@pytest.fixture
def parts() -> pd.DataFrame:
    minutes = np.random.default_rng(0).integers(0, 3 * 365 * 24 * 60, ROWS)
    return parts_of(pd.Timestamp("2020-01-01") + pd.Series(pd.to_timedelta(minutes, unit="min")))


def test_date_without_meaning_is_left_out(parts: pd.DataFrame) -> None:
    y = np.random.default_rng(1).normal(size=(ROWS, 1))
    assert len(silent_parts(parts, y)) >= len(PARTS) - 2


def test_of_a_trend_only_the_parts_that_follow_it_stay(parts: pd.DataFrame) -> None:
    y = parts[["seen_days"]].to_numpy() / 3_000 + np.random.default_rng(1).normal(size=(ROWS, 1))
    left = set(parts) - set(silent_parts(parts, y))
    assert {"seen_days", "seen_year"} <= left
    assert "seen_hour" not in left


def test_parts_that_act_together_all_stay(parts: pd.DataFrame) -> None:
    """The day of the month matters in the first half of the year only, which its own averages hardly tell."""
    y = parts["seen_weekday"] + np.where(parts["seen_month"] < 7, 1.0, -1.0) * (parts["seen_day"] - 15) / 15
    y += parts["seen_season_cos"]
    assert silent_parts(parts, y.to_numpy()[:, None]) == []


def test_one_of_several_targets_suffices(parts: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    wanted = (parts["seen_hour"] > 12).to_numpy() + rng.normal(size=ROWS)
    y = np.column_stack([rng.normal(size=(ROWS, 3)), wanted])
    assert not {"seen_hour", "seen_hour_sin"} & set(silent_parts(parts, y))


def test_missing_values_can_say_something(parts: pd.DataFrame) -> None:
    y = np.random.default_rng(1).normal(size=(ROWS, 1))
    gone = np.random.default_rng(2).random(ROWS) < 0.3
    y[gone] += 1.0
    assert silent_parts(parts.mask(np.broadcast_to(gone[:, None], parts.shape)), y) == []


def test_constant_parts_and_few_rows(parts: pd.DataFrame) -> None:
    y = np.random.default_rng(1).normal(size=(ROWS, 1))
    assert silent_parts(pd.DataFrame({"a": np.zeros(ROWS), "b": np.full(ROWS, np.nan)}), y) == ["a", "b"]
    assert silent_parts(parts.head(50), y[:50]) == []


def with_dates(parts: pd.DataFrame, y: np.ndarray) -> FeatureTable:
    table = make_table("binary", rows=ROWS)
    features = tuple(Feature(name, "numeric", "seen", "a part") for name in parts)
    schema = FeatureSchema((*table.schema.features, *features))
    return replace(table, X=table.X.join(parts), schema=schema, y=y)


def test_models_leave_silent_parts_out_and_say_so(parts: pd.DataFrame) -> None:
    table = with_dates(parts, np.random.default_rng(1).permutation(np.arange(ROWS) % 2))
    assert split_columns(table.schema) == [list(parts)]
    problem = make_problem("binary")
    folds = make_folds(problem, y=table.y, group=None, time=None)
    choices = ColumnChoices(table, problem=problem, folds=folds, seed=0)
    for number in (0, ALL_ROWS):
        used = choices.schema("all", number)
        choice = choices.describe("all", number)
        assert len(used.features) <= len(table.schema.features) - len(PARTS) + 4
        assert choice.of(table.schema) == used
    assert choices.schema("all", 0).sources[:3] == table.schema.sources[:3]


def test_choice_gives_the_features_of_the_model() -> None:
    schema = FeatureSchema(tuple(Feature(name, "numeric", name[0], "") for name in ("a1", "a2", "b1")))
    assert ColumnChoice().of(schema) == schema
    assert ColumnChoice("relevant", used=("a",), silent=("a2",)).of(schema).of_kind("numeric") == ["a1"]
