"""Distinct values of a column have distinct features, however the values are written."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium_ml.contracts import Problem
from podium_ml.settings import TabularSettings
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.validation.column_readings import plan_readings, read_columns
from podium_ml.tabular.validation.roles import infer_columns

Write = Callable[[int, int], str]
SETTINGS = TabularSettings(target="y")

# How values are written, from two numbers below 60.
NOTATIONS: dict[str, Write] = {
    "versions": lambda a, b: f"{a % 4}.{b}",
    "versions of three parts": lambda a, b: f"{a % 4}.{b}.{a % 7}",
    "network addresses": lambda a, b: f"10.{a}.{b}.{a + b}",
    "networks": lambda a, b: f"10.{a}.{b}.0/24",
    "phone numbers": lambda a, b: f"55{a:02} {b} {a % 9}{b:02}",
    "fractions": lambda a, b: f"{a} of {b}",
    "scores": lambda a, b: f"{a}:{b % 10}",
    "ranges": lambda a, b: f"{a}-{a + b}",
    "sizes": lambda a, b: f"{a}x{b}",
    "currencies": lambda a, b: f"{'$€'[b % 2]}{a}",
    "some percentages": lambda a, b: f"{a}{'%' if b % 2 else ''}",
    "some units": lambda a, b: f"{a}{' kg' if b % 2 else ''}",
    "units": lambda a, b: f"{a} {['kg', 'g', 'lb', 'm'][b % 4]}",
    "weights": lambda a, b: f"{a}.{b:02} kg",
    "thousands": lambda a, b: f"{a + 1},{b:03}",
    "decimal commas": lambda a, b: f"{a},{b:02}",
    "codes with zeros": lambda a, b: f"{a:02}{b:02}",
    "long ids": lambda a, b: f"90000000000000{a:02}{b:02}",
    "longer ids": lambda a, b: f"9000000000000000000{a:02}{b:02}",
    "times of day": lambda a, b: f"{a % 24}:{b:02}",
    "durations": lambda a, b: f"{a}:{b:02}",
    "months": lambda a, b: f"{['Jan', 'Feb', 'Mar'][a % 3]}-{b + 1:02}",
    "days": lambda a, b: f"{a % 28 + 1:02}/{b % 12 + 1:02}/2024",
    "days in two notations": lambda a, b: (
        f"{a % 28 + 1:02}/{b % 12 + 1:02}/2024" if b % 5 else f"2024-{b % 12 + 1:02}-{a % 28 + 1:02}"
    ),
    "days without a year": lambda a, b: f"{a % 28 + 1:02}.{b % 12 + 1:02}.",
    "quarters": lambda a, b: f"{1970 + a}Q{b % 4 + 1}",
    "two codes for yes": lambda a, b: "xo"[a % 2],
    "axes": lambda a, b: "xy"[a % 2],
}


def features_of(values: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"a": pd.Series(values, dtype="str"), "y": np.arange(len(values)) % 2})
    columns = infer_columns(table, SETTINGS, readings={})
    columns = plan_readings(table, columns, {}, target_role="categorical", settings=SETTINGS)
    problem = Problem("p", "binary", "y", "roc_auc", tuple(columns.values()), classes=(0, 1))
    read = read_columns(table, columns, target_role="categorical")
    return Featurizer.plan(problem, read).transform(read)


@pytest.mark.parametrize("notation", NOTATIONS)
@settings(max_examples=4, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59)), min_size=5, max_size=80))
def test_distinct_values_have_distinct_features(notation: str, pairs: list[tuple[int, int]]) -> None:
    values = [NOTATIONS[notation](a, b) for a, b in pairs]
    features = features_of(values).astype(str)
    assert len(features.drop_duplicates()) == len({_moment(value) for value in values})


def _moment(value: str) -> str:
    """Return the two notations of a day as one."""
    if value.startswith("2024-"):
        return "/".join(reversed(value.split("-")))
    return value
