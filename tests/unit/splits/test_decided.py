"""Tests of the score that models are compared by."""

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.metrics import resolve_metric
from podium_ml.splits.decided import decided_score

BINARY = {"classes": (0, 1), "target_type": "labels"}


def predictions() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the probabilities of a shy model of rare positives, with gaps, and their targets."""
    random = np.random.default_rng(0)
    logit = random.normal(-3, 1.5, 2000)
    positive = 1 / (1 + np.exp(-logit))
    y = (random.random(2000) < positive).astype(np.int64)
    raw = np.column_stack([1 - positive, positive])
    raw[::10] = np.nan
    return raw, y, ~np.isnan(raw[:, 0])


@pytest.mark.parametrize("name", ["f1", "mcc", "balanced_accuracy"])
def test_decisions_serve_the_metric(name: str) -> None:
    raw, y, known = predictions()
    problem = Problem("p", "binary", "y", name, (), **BINARY)
    plain = resolve_metric(name, "binary").score(y[known], raw[known])
    assert decided_score(raw, Targets(y=y), problem=problem) > plain + 0.01


@pytest.mark.parametrize("name", ["roc_auc", "log_loss", "recall"])
def test_other_metrics_are_plain(name: str) -> None:
    raw, y, known = predictions()
    problem = Problem("p", "binary", "y", name, (), **BINARY)
    plain = resolve_metric(name, "binary").score(y[known], raw[known])
    assert decided_score(raw, Targets(y=y), problem=problem) == plain


def test_values_are_shifted_towards_a_quantile() -> None:
    random = np.random.default_rng(0)
    raw = random.normal(10, 1, 500)
    y = raw + random.normal(size=500)
    scores = {
        name: decided_score(raw, Targets(y=y), problem=Problem("p", "regression", "y", name, ()))
        for name in ("quantile_loss_10", "rmse")
    }
    assert scores["quantile_loss_10"] < 0.6 * resolve_metric("quantile_loss_10", "regression").score(y, raw)
    assert scores["rmse"] == resolve_metric("rmse", "regression").score(y, raw)
