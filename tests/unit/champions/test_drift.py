"""Tests of the check for data drift since the champion was trained."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem


def table(rows: int, *, seed: int, shift: float = 0.0, rate: float = 0.3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    label = random.random(rows) < rate
    return pd.DataFrame({
        "age": random.normal(40, 10, rows) + 10 * shift,
        "plan": random.choice(["basic", "plus", "pro"], rows, p=[0.5, 0.3, 0.2]),
        "flag": (random.random(rows) < 0.003).astype(int),
        "zeros": np.where(random.random(rows) < 0.95, 0.0, random.gamma(2, 3, rows)),
        "label": np.where(label, "yes", "no"),
    })  # fmt: skip


def drift(before: pd.DataFrame, now: pd.DataFrame):
    settings = TabularSettings(target="label")
    reference = infer_problem(before, settings).profile
    results = infer_problem(now, settings, reference=reference).results
    return next(one for one in results if one.name == "champion_drift")


def test_drift_check_passes_without_champion():
    results = infer_problem(table(300, seed=0), TabularSettings(target="label")).results
    assert next(one for one in results if one.name == "champion_drift").outcome == "passed"


@pytest.mark.parametrize("rows", [60, 300, 3000])
@pytest.mark.parametrize("seed", range(5))
def test_random_variation_is_not_drift(rows, seed):
    result = drift(table(rows, seed=seed), table(rows, seed=100 + seed))
    assert result.outcome == "passed", result
    assert {row["column"] for row in result.details} >= {"age", "plan", "label"}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda t: t.assign(age=t["age"] + 12), "age"),
        (lambda t: t.assign(plan=t["plan"].replace("basic", "gold")), "plan"),
        (lambda t: t.assign(age=t["age"].where(np.arange(len(t)) % 2 == 0)), "age"),
        (lambda t: t.assign(zeros=t["zeros"] + (np.arange(len(t)) % 3)), "zeros"),
        (lambda t: t.assign(label=np.where(np.arange(len(t)) % 4, "yes", "no")), "label"),
    ],
)
def test_drift_raises_alert_naming_column(change, column):
    result = drift(table(800, seed=0), change(table(800, seed=1)))
    assert result.outcome == "alert"
    assert column in result.columns
    assert f"'{column}'" in result.seen
    assert ("The target itself has changed" in result.seen) == (column == "label")


def test_missing_column_is_reported():
    result = drift(table(400, seed=0), table(400, seed=1).drop(columns="plan"))
    assert result.outcome == "alert"
    assert "'plan' is missing" in result.seen


def test_numeric_target_drift_is_detected():
    def numbers(shift):
        random = np.random.default_rng(int(shift))
        return pd.DataFrame({"x": random.normal(size=500), "label": random.normal(shift, 1, 500)})

    assert "label" in drift(numbers(0), numbers(2)).columns
