"""Prunes trials between folds."""

import statistics
from collections.abc import Sequence

from podium_ml.contracts import Trial
from podium_ml.metrics import Metric

# No trial is pruned before this many trials are complete.
_TRIALS_BEFORE = 4


class PrunedError(Exception):
    """A trial was pruned between folds."""


def prune(scores: Sequence[float], trials: Sequence[Trial], *, metric: Metric, n_folds: int) -> None:
    """Prune a trial that scores worse on the folds so far than the median of the completed trials.

    Only the scores decide, never the clock (the median rule of Google Vizier; Golovin et al., KDD 2017).

    Args:
        scores: The metric on the folds so far.
        trials: The ledger.
        metric: Primary metric.
        n_folds: Total number of folds.

    Raises:
        PrunedError: The trial scores worse.
    """
    so_far = len(scores)
    done = [one.fold_scores for one in trials if one.outcome == "complete"]
    done = [one for one in done if len(one) == n_folds]
    if so_far >= n_folds or len(done) < _TRIALS_BEFORE:
        return
    others = [metric.utility(statistics.fmean(one[:so_far])) for one in done]
    if metric.utility(statistics.fmean(scores)) < statistics.median(others):
        raise PrunedError(f"Worse than the median after fold {so_far} of {n_folds}.")
