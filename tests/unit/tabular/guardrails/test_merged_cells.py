"""Values of merged cells belong to all of their rows."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.settings import TabularProblem
from podium_ml.tabular.validation.infer_problem import infer_problem

ROWS = 120


def found(area: list[str | None]) -> tuple[pd.DataFrame, str]:
    table = pd.DataFrame({"area": area, "x": np.arange(ROWS) % 7 * 1.5, "y": np.arange(ROWS) % 2})
    inferred = infer_problem(table, TabularProblem(target="y"))
    result = {one.name: one for one in inferred.results}["merged_cells"]
    return pd.concat([inferred.train, inferred.test]), result.outcome


def test_values_are_filled_down() -> None:
    table, outcome = found([f"area {n // 40}" if n % 40 == 0 else None for n in range(ROWS)])
    assert outcome == "alert"
    assert table["area"].value_counts().tolist() == [40, 40, 40]


@pytest.mark.parametrize(
    "area",
    [
        ["a" if n % 40 == 0 else None for n in range(ROWS)],  # repeated
        [f"area {n // 40}" if n % 40 == 1 else None for n in range(ROWS)],  # not in the first row
        [f"area {n // 3}" if n % 3 == 0 else None for n in range(ROWS)],  # many
        ["a" if n == 0 else None for n in range(ROWS)],  # one
    ],
)
def test_other_gaps_stay(area: list[str | None]) -> None:
    assert found(area)[1] == "passed"
