"""The probability from which the positive class is predicted."""

from collections.abc import Callable

import numpy as np

from podium_ml.contracts.targets import Folds
from podium_ml.metrics import Metric
from podium_ml.resampling import CLASS_KERNELS, ClassCounts
from podium_ml.targets._cross_fitted import cross_fitted, sample_rows

# Steps of the search over all thresholds, and of the one around the best of them.
_COARSE, _FINE = 33, 15
# A user's own metric is asked about so many rows at most.
_MOST_ROWS = 10_000

# Returns the metric of each of some thresholds, shape ``(t,)``.
Scorer = Callable[[np.ndarray], np.ndarray]


def choose_threshold(
    raw: np.ndarray, y: np.ndarray, *, metric: Metric, folds: Folds, weight: np.ndarray | None = None
) -> tuple[float | None, float]:
    """Choose the threshold that serves the metric best, if it helps rows that it was not chosen on.

    Args:
        raw: Out-of-fold probabilities, shape ``(n, 2)``.
        y: Class codes, shape ``(n,)``.
        metric: What to serve.
        folds: Splits for cross-fitting; without any, nothing is tuned.
        weight: Sample weights, or ``None``.

    Returns:
        The threshold or ``None``, and the cross-fitted score.
    """
    plain = metric.score(y, raw, weight)
    if not folds:
        return None, plain

    def best(rows: np.ndarray) -> float:
        return _best(raw[rows, 1], y[rows], metric, None if weight is None else weight[rows])

    decided = cross_fitted(folds, lambda train, valid: _decided(raw[valid, 1] >= best(train)), raw)
    tuned = metric.score(y, decided, weight)
    if metric.utility(tuned) <= metric.utility(plain):
        return None, plain
    return best(np.arange(len(y))), tuned


def _decided(positive: np.ndarray) -> np.ndarray:
    """Return decisions as probabilities."""
    return np.column_stack([~positive, positive]).astype(np.float64)


def _best(positive: np.ndarray, y: np.ndarray, metric: Metric, weight: np.ndarray | None) -> float:
    score, ordered = scorer_of(positive, y, metric, weight), np.sort(positive)

    def best(lowest: float, highest: float, steps: int) -> tuple[float, float, float]:
        """Return the best of some quantiles, and its neighbours."""
        shares = np.linspace(lowest, highest, steps)
        grid = np.interp(shares * (len(ordered) - 1), np.arange(len(ordered)), ordered)
        scores = score(grid)
        utilities = np.where(np.isnan(scores), -np.inf, scores if metric.greater_is_better else -scores)
        # The middle of the best stretch is steadier than its edge.
        tied = np.flatnonzero(utilities >= utilities.max() - 1e-12)
        chosen = tied[len(tied) // 2]
        return shares[max(0, chosen - 1)], shares[min(steps - 1, chosen + 1)], float(grid[chosen])

    lower, upper, _ = best(0.0025, 0.9975, _COARSE)
    return best(lower, upper, _FINE)[2]


def scorer_of(positive: np.ndarray, y: np.ndarray, metric: Metric, weight: np.ndarray | None) -> Scorer:
    """Return what scores thresholds; for known metrics, one more threshold costs next to nothing.

    Args:
        positive: Probabilities of the positive class, shape ``(n,)``.
        y: Class codes, shape ``(n,)``.
        metric: A metric of predicted classes.
        weight: Sample weights, or ``None``.
    """
    if metric.name in CLASS_KERNELS:
        return _CountedScorer(positive, y, metric.name, weight)
    rows = sample_rows(y, np.arange(len(y)), most=_MOST_ROWS)
    raw = np.column_stack([1.0 - positive, positive])[rows]
    part = None if weight is None else weight[rows]
    return lambda grid: np.array(
        [metric.score(y[rows], raw, part, threshold=float(one)) for one in np.atleast_1d(grid)]
    )


class _CountedScorer:
    """Scores thresholds by the weights of the four outcomes, which is all that metrics of classes look at."""

    def __init__(self, positive: np.ndarray, y: np.ndarray, name: str, weight: np.ndarray | None) -> None:
        order = np.argsort(positive)
        mass = (np.ones(len(y)) if weight is None else weight)[order]
        truth = y[order] == 1
        self._sorted, self._kernel = positive[order], CLASS_KERNELS[name]
        # What is below a threshold, for each number of rows below it.
        self._positives = np.append(0.0, np.cumsum(mass * truth))
        self._negatives = np.append(0.0, np.cumsum(mass * ~truth))

    def __call__(self, thresholds: np.ndarray) -> np.ndarray:
        below = np.searchsorted(self._sorted, np.atleast_1d(thresholds), side="left")
        missed, rejected = self._positives[below], self._negatives[below]
        found, alarms = self._positives[-1] - missed, self._negatives[-1] - rejected
        counts = ClassCounts(
            hits=np.stack([rejected, found]),
            true=np.stack([rejected + alarms, found + missed]),
            predicted=np.stack([rejected + missed, found + alarms]),
            squared=alarms + missed,
        )
        with np.errstate(all="ignore"):
            return self._kernel(counts)
