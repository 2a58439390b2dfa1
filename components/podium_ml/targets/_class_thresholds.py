"""The probabilities that the classes of a problem with several of them are compared with."""

import numpy as np

from podium_ml.contracts.targets import Folds
from podium_ml.metrics import Metric, decide_labels
from podium_ml.targets._cross_fitted import cross_fitted, sample_rows

# Powers of the classes' shares. 0 predicts the most probable class, which serves the accuracy; 1 predicts the class
# whose probability exceeds its share most, which serves the balanced accuracy; negative ones undo class weights.
_POWERS = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0)
_SMALLEST_SHARE = 1e-6
_MOST_ROWS = 5_000


def choose_class_thresholds(
    raw: np.ndarray, y: np.ndarray, *, metric: Metric, folds: Folds, weight: np.ndarray | None = None
) -> tuple[tuple[float, ...] | None, float]:
    """Choose one threshold a class, if that helps rows that it was not chosen on.

    The class whose probability is the greatest multiple of its threshold is predicted. All thresholds together have one
    parameter, a power of the classes' shares, so they do not follow the noise of rare classes.

    Args:
        raw: Out-of-fold probabilities, shape ``(n, K)``.
        y: Class codes, shape ``(n,)``.
        metric: What to serve.
        folds: Splits for cross-fitting; without any, nothing is tuned.
        weight: Sample weights, or ``None``.

    Returns:
        The thresholds, which sum to 1, or ``None``, and the cross-fitted score.
    """
    plain = metric.score(y, raw, weight)
    if not folds:
        return None, plain

    def best(rows: np.ndarray) -> tuple[float, ...] | None:
        few = sample_rows(y, rows, most=_MOST_ROWS)
        return _best(raw[few], y[few], metric, None if weight is None else weight[few])

    classes = np.eye(raw.shape[1])
    decided = cross_fitted(folds, lambda train, valid: classes[decide_labels(raw[valid], best(train))], raw)
    tuned = metric.score(y, decided, weight)
    if metric.utility(tuned) <= metric.utility(plain):
        return None, plain
    chosen = best(np.arange(len(y)))
    return chosen, tuned if chosen else plain


def _best(
    raw: np.ndarray, y: np.ndarray, metric: Metric, weight: np.ndarray | None
) -> tuple[float, ...] | None:
    counts = np.bincount(y, weight if weight is not None and weight.any() else None, minlength=raw.shape[1])
    shares = np.maximum(counts / counts.sum(), _SMALLEST_SHARE)
    each = {power: tuple((shares**power / (shares**power).sum()).tolist()) for power in _POWERS if power}
    options = {0.0: None, **each}
    # Among equals, the first is the default rule.
    return max(options.values(), key=lambda one: metric.utility(metric.score(y, raw, weight, threshold=one)))
