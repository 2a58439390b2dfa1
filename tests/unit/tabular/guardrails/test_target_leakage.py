"""Tests that columns that reveal the target are found, however rare a class and however skewed a target is."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem


def leaking(table: pd.DataFrame) -> tuple[str, ...]:
    results = infer_problem(table, TabularSettings(target="y", test_fraction="0.2")).results
    result = next(one for one in results if one.name == "target_leakage")
    assert "could not be checked" not in result.seen
    return result.columns


def classes(rows: int, share: float, area: float, *, seed: int = 0) -> pd.DataFrame:
    """Return a table whose column ``leak`` has about this area under the ROC curve."""
    random = np.random.default_rng(seed)
    y = np.zeros(rows, dtype=int)
    y[: round(rows * share)] = 1
    shift = np.sqrt(2) * norm.ppf(area)
    return pd.DataFrame({
        "leak": random.normal(size=rows) + shift * y,
        "other": random.normal(size=rows) + y,
        "noise": random.normal(size=rows),
        "y": np.where(y == 1, "yes", "no"),
    })  # fmt: skip


@pytest.mark.parametrize("share", [0.005, 0.02, 0.1, 0.5])
@pytest.mark.parametrize("seed", range(2))
def test_column_is_found_however_rare_the_class_is(share, seed):
    assert leaking(classes(6_000, share, 0.99, seed=seed)) == ("leak",)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_good_column_is_no_leak(share):
    assert leaking(classes(6_000, share, 0.95)) == ()


def test_falling_column_is_found():
    table = classes(6_000, 0.02, 0.993)
    assert leaking(table.assign(leak=-table["leak"])) == ("leak",)


def test_noise_is_no_leak_with_few_positive_rows():
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(400, 60))).add_prefix("c")
    assert leaking(table.assign(y=np.repeat(["yes", "no"], [12, 388]))) == ()


def test_column_is_found_for_a_skewed_target():
    random = np.random.default_rng(0)
    log = random.normal(0, 2.5, 2_000)
    table = pd.DataFrame({"leak": log + random.normal(0, 0.1, 2_000), "x": random.normal(size=2_000)})
    assert leaking(table.assign(y=np.exp(log))) == ("leak",)


def test_column_is_found_for_many_classes_with_a_rare_one():
    random = np.random.default_rng(0)
    y = random.choice(["a", "b", "c"], 4_000, p=[0.78, 0.2, 0.02])
    leak = pd.Series(y).map({"a": 0.0, "b": 1.0, "c": 2.0}) + random.normal(0, 0.15, 4_000)
    assert leaking(pd.DataFrame({"leak": leak, "x": random.normal(size=4_000), "y": y})) == ("leak",)
