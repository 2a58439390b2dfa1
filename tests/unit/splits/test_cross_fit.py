"""Tests of the splits for what is fitted on out-of-fold predictions."""

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.splits.cross_fit import cross_fit_folds
from podium_ml.splits.decided import decided_score


def problem(strategy: str, metric: str = "log_loss") -> Problem:
    return Problem(
        name="p",
        task="binary",
        target="y",
        metric=metric,
        columns=(),
        classes=("no", "yes"),
        positive_label="yes",
        fold_strategy=strategy,  # type: ignore[arg-type]
    )


def targets(rows: int = 240, moments: int = 60) -> Targets:
    random = np.random.default_rng(0)
    return Targets(y=random.integers(0, 2, rows), time=random.integers(0, moments, rows))


def test_what_is_fitted_on_ordered_rows_goes_forward_in_time() -> None:
    """Shuffled folds would fit weights and calibration on the future of the rows that they score."""
    known = targets()
    rows = np.flatnonzero(known.time >= 10)
    folds = cross_fit_folds(problem("ordered"), known, rows)
    assert len(folds) == 5
    for train, valid in folds:
        assert known.time[rows[train]].max() < known.time[rows[valid]].min()
    validated = np.concatenate([valid for _, valid in folds])
    assert len(validated) == len(set(validated)) < len(rows)


def test_other_rows_are_all_validated_once() -> None:
    known = targets()
    folds = cross_fit_folds(problem("stratified"), known, np.arange(240))
    assert sorted(np.concatenate([valid for _, valid in folds])) == list(range(240))


@pytest.mark.parametrize("metric", ["f1", "log_loss"])
def test_ordered_rows_are_scored_with_decisions(metric: str) -> None:
    known = targets()
    raw = np.clip(np.column_stack([1 - known.y, known.y]) * 0.3 + 0.1, 0, 1)
    raw /= raw.sum(axis=1, keepdims=True)
    raw[known.time < 10] = np.nan
    score = decided_score(raw, known, problem=problem("ordered", metric))
    assert np.isfinite(score)
    assert score > 0.9 or metric == "log_loss"
