"""The probabilities from which the labels of a set are predicted."""

from collections.abc import Callable, Iterator

import numpy as np

from podium_ml.contracts.targets import Folds, Targets
from podium_ml.metrics import Metric, decide_sets
from podium_ml.resampling import SET_KERNELS, SetCounts
from podium_ml.targets._cross_fitted import cross_fitted

_GRID = np.linspace(0.05, 0.95, 37)
# Rows times labels that thresholds are chosen on at most.
_MOST_CELLS = 200_000
# Rounds over all labels until no threshold changes, at most.
_ROUNDS = 5

Choose = Callable[[np.ndarray], np.ndarray]


def choose_set_thresholds(
    raw: np.ndarray, targets: Targets, *, metric: Metric, folds: Folds
) -> tuple[tuple[float, ...] | None, float]:
    """Choose one threshold for all labels, or one for each, if that helps rows that it was not chosen on.

    Args:
        raw: Out-of-fold probabilities, shape ``(n, L)``.
        targets: Targets of the same rows.
        metric: What to improve.
        folds: Splits for cross-fitting; if there are none, thresholds stay at one half.

    Returns:
        The thresholds of the labels or ``None``, and the cross-fitted score.
    """
    score = metric.score(targets.y, raw, targets.weight)
    if not folds or not metric.tunes_threshold:
        return None, score
    best: Choose | None = None
    for choose in _ways(raw, targets, metric):
        honest = cross_fitted(folds, _decider(raw, choose), decide_sets(raw, None))
        tuned = _score(honest.astype(np.int64), targets, metric)
        if metric.utility(tuned) > metric.utility(score):
            best, score = choose, tuned
    return (None if best is None else tuple(best(np.arange(len(raw))).tolist())), score


def _decider(raw: np.ndarray, choose: Choose) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return what decides some rows by thresholds that were chosen on others."""
    return lambda train, valid: decide_sets(raw[valid], tuple(choose(train)))


def _ways(raw: np.ndarray, targets: Targets, metric: Metric) -> Iterator[Choose]:
    """Yield what chooses thresholds on some rows: one for all labels by the metric, or each label's own.

    A label's own threshold is the best one for its F1, or for the F1 of all labels together.
    """
    most = max(1, -(-raw.size // _MOST_CELLS))
    yield lambda rows: _common(raw[rows[::most]], targets.of_rows(rows[::most]), metric)
    if metric.name == "f1_micro":
        yield lambda rows: _together(raw[rows[::most]], targets.of_rows(rows[::most]))
    yield lambda rows: _each(raw[rows[::most]], targets.of_rows(rows[::most]))


def _common(raw: np.ndarray, targets: Targets, metric: Metric) -> np.ndarray:
    utilities = [metric.utility(_score(decide_sets(raw, (one,)), targets, metric)) for one in _GRID]
    return np.full(raw.shape[1], _GRID[int(np.argmax(utilities))])


def _score(sets: np.ndarray, targets: Targets, metric: Metric) -> float:
    """Score predicted sets, fast if the metric is known."""
    if metric.name not in SET_KERNELS:
        return float(metric.function(targets.y, sets, targets.weight))
    mass = np.ones(len(sets)) if targets.weight is None else targets.weight
    with np.errstate(all="ignore"):
        return float(SET_KERNELS[metric.name](SetCounts.count(targets.y, sets, mass[:, None]))[0])


def _each(raw: np.ndarray, targets: Targets) -> np.ndarray:
    """Return the threshold of each label with the best F1; the middle one of equals."""
    mass = np.ones(len(raw)) if targets.weight is None else targets.weight
    scores = np.stack([_f1(raw >= one, targets.y, mass) for one in _GRID])
    chosen = []
    for label in range(raw.shape[1]):
        tied = np.flatnonzero(scores[:, label] >= scores[:, label].max() - 1e-12)
        chosen.append(_GRID[tied[len(tied) // 2]])
    return np.array(chosen)


def _together(raw: np.ndarray, targets: Targets) -> np.ndarray:
    """Return thresholds half way from the best common one to those that the F1 of all labels together is best with.

    One threshold after the other is moved to its best place. Half way, few rows of a label lead less astray.
    """
    mass = np.ones(len(raw)) if targets.weight is None else targets.weight
    given = np.stack([mass @ (raw >= one) for one in _GRID])
    hits = np.stack([mass @ ((raw >= one) * targets.y) for one in _GRID])
    known, labels = float((mass @ targets.y).sum()), np.arange(raw.shape[1])
    common = int(np.argmax(2 * hits.sum(axis=1) / (given.sum(axis=1) + known + 1e-12)))
    places = np.full(raw.shape[1], common)
    for _ in range(_ROUNDS):
        before = places.copy()
        for label in labels:
            others = labels != label
            right = hits[places[others], labels[others]].sum() + hits[:, label]
            all_given = given[places[others], labels[others]].sum() + given[:, label]
            places[label] = np.argmax(2 * right / (all_given + known + 1e-12))
        if (places == before).all():
            break
    return (_GRID[places] + _GRID[common]) / 2


def _f1(predicted: np.ndarray, y: np.ndarray, mass: np.ndarray) -> np.ndarray:
    hits, total = mass @ (predicted * y), mass @ predicted + mass @ y
    return np.divide(2 * hits, total, out=np.zeros(len(hits)), where=total > 0)
