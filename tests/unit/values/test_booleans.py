"""Tests of reading booleans in many spellings."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.tabular.features._booleans import BooleanColumn


@pytest.mark.parametrize(
    "values",
    [
        [True, False],
        ["yes", "no"],
        [" Y ", "N"],
        ["TRUE", "false"],
        [1, 0],
        [1.0, 0.0],
        ["1", "0"],
        ["ja", "nein"],
        ["oui", "non"],
        ["male", "female"],
        ["on", "off"],
        ["yes", "never"],
        ["member", "no"],
    ],
)
@pytest.mark.parametrize("kind", [object, "category", "str"])
def test_spellings(values: list[object], kind: str) -> None:
    column = pd.Series(values, dtype=object)
    planned = BooleanColumn.plan(column)
    assert planned.transform(column.astype(kind))[0].tolist() == [1, 0]


def test_missing_and_unknown_values_are_missing() -> None:
    planned = BooleanColumn.plan(pd.Series(["yes", "no", None]))
    assert np.isnan(planned.transform(pd.Series([None, "maybe", ""], dtype=object))[0]).all()
    nullable = pd.Series([True, None], dtype="boolean")
    assert planned.transform(nullable)[0].tolist()[0] == 1
    assert np.isnan(planned.transform(nullable)[0][1])


def test_column_with_a_single_value() -> None:
    assert BooleanColumn.plan(pd.Series(["yes", "yes"])).transform(pd.Series(["no", "yes"]))[0].tolist() == [
        0,
        1,
    ]


def test_description_names_the_true_value() -> None:
    assert "male" in BooleanColumn.plan(pd.Series(["male", "female"])).parts[0].how
