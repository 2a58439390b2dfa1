"""Ids are dropped; what may say something about later rows is not."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import GuardrailResult
from podium_ml.settings import TabularProblem
from podium_ml.tabular.guardrails import GUARDRAILS
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.roles import infer_columns

ROWS = 200
NOISE = np.random.default_rng(0).normal(size=ROWS)


def run(
    column: pd.Series | np.ndarray | list, y: np.ndarray, *, name: str = "a", **options: str
) -> GuardrailResult:
    table = pd.DataFrame({name: column, "x": NOISE, "y": y})
    settings = TabularProblem(target="y", **options)
    task = "binary" if set(y) == {0, 1} else "regression"
    context = Context(table, None, settings, task, infer_columns(table, settings, readings={}))
    guardrail = GUARDRAILS["id_columns"]
    return guardrail.check(context, guardrail)


@pytest.mark.parametrize("name", ["year", "week_no", "t", "Monat", "startDay"])
def test_times_that_count_up_are_kept(name: str) -> None:
    result = run(np.arange(ROWS) + 1, NOISE, name=name)
    assert result.outcome == "alert"
    assert f"--time-column {name}" in result.done


def test_years_are_kept_whatever_their_name() -> None:
    assert run(np.arange(ROWS) + 1800, NOISE).outcome == "alert"


def test_numbers_that_the_target_follows_are_kept() -> None:
    assert run(np.arange(ROWS), np.arange(ROWS) * 0.1 + NOISE).outcome == "alert"
    rising = (np.arange(ROWS) / ROWS + 0.3 * NOISE > 0.5).astype(int)
    assert run(np.arange(ROWS), rising).outcome == "alert"


def test_row_numbers_are_dropped() -> None:
    assert run(np.arange(ROWS), NOISE).outcome == "fixed"
    assert run(np.arange(ROWS), np.sort(NOISE)).outcome == "fixed"  # sorted by the target
    assert run(np.arange(ROWS), (np.arange(ROWS) > 99).astype(int)).outcome == "fixed"
    result = run(np.arange(ROWS), np.arange(ROWS) * 0.1 + NOISE, name="row_id")
    assert result.outcome == "fixed"
    assert "--types row_id=" in result.done


def test_a_few_values_in_an_almost_empty_column_are_no_ids() -> None:
    values = [f"region {n}" if n < 3 else None for n in range(ROWS)]
    assert run(values, NOISE).outcome == "passed"
    assert run([f"code {n}x" for n in range(ROWS)], NOISE).outcome == "fixed"
