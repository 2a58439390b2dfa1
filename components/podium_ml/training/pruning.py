"""Giving up a trial between folds."""

import statistics
from collections.abc import Sequence

from podium_ml.contracts import Trial
from podium_ml.metrics import Metric

# Completed trials before any is given up.
_TRIALS_BEFORE = 4


class PrunedError(Exception):
    """A trial was given up between folds."""


def prune(scores: Sequence[float], trials: Sequence[Trial], *, metric: Metric, n_folds: int) -> None:
    """Give a trial up when, on the folds so far, it does worse than the median of the completed ones.

    Only scores decide, never the clock. (The median rule of Google Vizier, Golovin et al., KDD 2017.)

    Args:
        scores: The metric on the folds so far.
        trials: The ledger.
        metric: Primary metric.
        n_folds: Number of folds in all.

    Raises:
        PrunedError: It does worse.
    """
    so_far = len(scores)
    done = [one.fold_scores for one in trials if one.outcome == "complete"]
    done = [one for one in done if len(one) == n_folds]
    if so_far >= n_folds or len(done) < _TRIALS_BEFORE:
        return
    others = [metric.utility(statistics.fmean(one[:so_far])) for one in done]
    if metric.utility(statistics.fmean(scores)) < statistics.median(others):
        raise PrunedError(f"Worse than the median after fold {so_far} of {n_folds}.")
