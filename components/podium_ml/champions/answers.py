"""What a model, or the baseline, predicts for the rows of a comparison."""

import numpy as np
import pandas as pd

from podium_ml.champions.comparable_rows import NotComparableError
from podium_ml.champions.paired_bootstrap import Answer
from podium_ml.contracts import Problem
from podium_ml.kinds import Predictor
from podium_ml.metrics import Metric, Threshold
from podium_ml.targets import encode_target, target_of
from podium_ml.values.labels import canonical
from podium_ml.values.row_roles import read_weights

# The best constant is looked for on so many rows, among so many classes and quantiles.
_MOST_ROWS, _MOST_CLASSES, _QUANTILES = 20_000, 20, 19


def best_constant(train: pd.DataFrame, rows: int, problem: Problem, metric: Metric) -> Answer:
    """Return the baseline's predictions: the constant that has the best metric on the training rows.

    Args:
        train: The training rows.
        rows: Number of rows to predict.
        problem: The problem.
        metric: The metric.
    """
    train = train if len(train) <= _MOST_ROWS else train.sample(n=_MOST_ROWS, random_state=problem.seed)
    y = encode_target(train[problem.target], problem)
    weight = read_weights(train[problem.weight_column]) if problem.weight_column else None

    def utility(constant: np.ndarray) -> float:
        return metric.utility(metric.score(y, _repeated(constant, len(y)), weight))

    possible = target_of(problem).constants(y, problem) or _constants(y, weight, problem)
    return Answer(_repeated(max(possible, key=utility), rows))


def _constants(y: np.ndarray, weight: np.ndarray | None, problem: Problem) -> list[np.ndarray]:
    """Return the constants to try: shares of the classes or labels and single classes, or the mean and quantiles."""
    if not problem.classes:
        shares = np.arange(1, _QUANTILES + 1) / (_QUANTILES + 1)
        return [np.asarray(np.average(y, weights=weight)), *np.quantile(y, shares)]
    flags = y if y.ndim == 2 else np.eye(len(problem.classes))[y]
    shares = np.average(flags, axis=0, weights=weight)
    if y.ndim == 2:
        return [shares, np.ones_like(shares)]
    return [shares, *np.eye(len(shares))[np.argsort(-shares)[:_MOST_CLASSES]]]


def _repeated(constant: np.ndarray, rows: int) -> np.ndarray:
    return np.repeat(np.asarray(constant, dtype=np.float64)[None], rows, axis=0)


def answer_of(model: Predictor, rows: pd.DataFrame, problem: Problem, *, whose: str = "challenger") -> Answer:
    """Return a model's predictions of some rows, with the classes in the order of the problem.

    Raises:
        NotComparableError: The model cannot predict the rows.
    """
    try:
        own = getattr(model, "predict_for", None)  # models of texts may split them otherwise
        raw = model.predict_raw(rows) if own is None else own(rows, problem)
    except Exception as error:
        raise NotComparableError(f"The {whose} cannot predict the new rows: {error}") from error
    if not problem.classes:
        return Answer(raw)
    place = {canonical(label): at for at, label in enumerate(model.problem.classes)}
    order = [place[canonical(label)] for label in problem.classes]
    return Answer(target_of(problem).reordered(raw, order), _reordered(model.threshold, order))


def _reordered(threshold: Threshold, order: list[int]) -> Threshold:
    """Return a model's threshold after reordering its classes."""
    if isinstance(threshold, tuple):
        return tuple(threshold[at] for at in order)
    if threshold is None or order[-1] == len(order) - 1:
        return threshold
    # With two classes in reverse order, the complement of the threshold applies to the other class.
    return 1 - threshold
