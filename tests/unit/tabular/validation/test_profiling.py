"""Statistics that only show exist of any column."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium_ml.contracts import Column, Profile
from podium_ml.tabular.validation.profiling import profile_column, profile_table
from tests.unit.any_columns import any_column

ROLES = ("numeric", "categorical", "boolean", "datetime", "text", "list", "dropped", "target", "time")


@pytest.mark.parametrize(
    "values",
    [
        [1.0, 0.9999999999999999] * 50,
        [900_000_000_000_000_033, 900_000_000_000_000_009] * 50,
        [900_000_000_000_000_033] * 50,
        [1.7e308, -1.7e308] * 50,
    ],
)
def test_numbers_close_to_each_other_have_a_profile(values: list[float]) -> None:
    found = profile_column(pd.Series(values), Column("a", "numeric", "double"))
    assert found.missing == 0
    assert sum(found.counts) == len(values)
    assert found.mean == pytest.approx(np.mean(np.array(values) / 1e9) * 1e9)


def test_long_ids_are_counted_exactly() -> None:
    found = profile_column(pd.Series([9 * 10**17 + 33, 9 * 10**17 + 9]), Column("a", "categorical", "int64"))
    assert found.unique == 2
    assert set(found.top) == {"900000000000000033", "900000000000000009"}


def test_deciles_are_values_of_the_column() -> None:
    found = profile_column(pd.Series(np.arange(1.0, 11.0)), Column("a", "numeric", "double"))
    assert found.deciles == (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)
    assert found.cumulative == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])


@settings(max_examples=300, deadline=None)
@given(any_column(), st.sampled_from(ROLES))
def test_every_column_has_a_profile(values: pd.Series, role: str) -> None:
    found = profile_column(values, Column("a", role, str(values.dtype)))  # type: ignore[arg-type]
    assert 0 <= found.missing <= 1
    assert found.unique <= len(values) or role == "target"  # a set of labels counts its labels
    moments = [found.mean, found.std, found.minimum, found.maximum, *found.edges, *found.deciles]
    assert all(math.isfinite(number) for number in moments if number is not None)
    whole = Profile(len(values), (found,))
    assert Profile.from_dict(whole.to_dict()) == whole


def test_a_column_whose_statistics_fail_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Too many bins")

    monkeypatch.setattr("podium_ml.tabular.validation.profiling.profile_column", fail)
    table = pd.DataFrame({"a": [1.0, 2.0]})
    assert profile_table(table, {"a": Column("a", "numeric", "double")}).columns[0].name == "a"


def test_texts_have_a_mean_length() -> None:
    table = pd.DataFrame({"a": pd.Series(["four", "sixsix", None], dtype="string")})
    found = profile_table(table, {"a": Column("a", "text", "string")}).columns[0]
    assert found.mean == pytest.approx(10 / 3)
    assert found.minimum is None
