"""Shapley values of models made only of trees: one estimator, bagged folds, or weighted averages of them.

Each estimator is explained by its own trees. The contributions of its encoded features are summed per user column and
carried through softmax, bagging, weights and calibration to the prediction that the user sees. Contributions are
measured from each background row in turn and averaged, so that they start from the mean prediction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.mixing import stack
from podium_ml.explanation.shapley_values import ShapleyValues, spread_residual
from podium_ml.explanation.softmax_path import softmax, through_softmax
from podium_ml.explanation.tree_margins import TreeMargins, needs_shap, tree_explainer
from podium_ml.models import BaggedModel, FoldModel, WeightedEnsemble
from podium_ml.run.budget import Deadline

# Tolerated difference between the trees' sum and the model's prediction, as a share of the largest output.
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class WeightedFold:
    """One fold's model and its weight in the whole model."""

    model: FoldModel
    weight: float


def tree_members(model: Any) -> list[WeightedFold] | None:
    """Return the folds that a model averages, or ``None`` if it is not a mean of tree models."""
    folds = [WeightedFold(fold, weight) for fold, weight in _flatten(model, 1.0)]
    if not folds or any(fold.model is None for fold in folds):
        return None
    return folds if all(tree_explainer(fold.model.estimator) for fold in folds) else None


def imports_shap(members: list[WeightedFold]) -> bool:
    """Return whether explaining the members imports ``shap``."""
    return any(needs_shap(member.model.estimator) for member in members)


def _flatten(model: Any, weight: float) -> Iterator[tuple[Any, float]]:
    match model:
        case FoldModel():
            yield model, weight
        case BaggedModel(sharpness=1.0):
            for fold in model.folds:
                yield fold, weight / len(model.folds)
        case WeightedEnsemble():
            for member, share in zip(model.members, model.weights, strict=True):
                yield from _flatten(member, weight * share)
        case _:
            yield None, weight


def tree_shapley(
    model: ColumnModel, X: pd.DataFrame, *, background: pd.DataFrame, deadline: Deadline
) -> ShapleyValues | None:
    """Explain the predictions of ``X`` in the user's columns.

    Args:
        model: The model.
        X: Features of the rows to explain, shape ``(n, d)``.
        background: Features of rows that represent the data.
        deadline: When to give up.

    Returns:
        The values, or ``None`` if the model is not made of trees, the trees do not add up to its predictions, or the
        deadline has passed.
    """
    both = stack([X, background])
    explained = []
    for member in tree_members(model.predictor.model) or []:
        if deadline.passed():
            return None
        explained.append(_explain_fold(model, member, both))
    if not explained:
        return None
    raw = np.sum([member.output for member in explained], axis=0)
    if not _agree(raw, model.predict_uncalibrated(both)):
        return None
    return _combine(explained, raw, model.predict(both), n=len(X))


def _agree(raw: np.ndarray, expected: np.ndarray) -> bool:
    return bool(np.abs(raw - expected).max() <= _TOLERANCE * np.abs(expected).max())


def _combine(
    explained: list["_ExplainedFold"], raw: np.ndarray, outputs: np.ndarray, *, n: int
) -> ShapleyValues:
    """Average the contributions from each background row; these rows follow the ``n`` explained rows."""
    starts = range(n, len(raw))
    values = np.zeros((n, explained[0].margins.values.shape[1], outputs.shape[1]))
    for start in starts:
        found = np.sum([member.contributions(n, start) for member in explained], axis=0)
        values += _carry(found, raw[:n] - raw[start], outputs[:n] - outputs[start])
    return ShapleyValues(
        base=outputs[n:].mean(axis=0), values=values / len(starts), output=outputs[:n], method="tree"
    )


@dataclass(frozen=True)
class _ExplainedFold:
    """One fold's margins, in the user's columns.

    Attributes:
        margins: Contributions to margins of the classes that the fold knows.
        classes: Codes of those classes.
        n_outputs: Number of outputs of the whole model.
        weight: Weight in the whole model.
    """

    margins: TreeMargins
    classes: np.ndarray
    n_outputs: int
    weight: float

    @property
    def output(self) -> np.ndarray:
        """The fold's share of the prediction, shape ``(n, n_outputs)``."""
        sums = self.margins.sums
        return self._scatter(softmax(sums) if self.margins.are_log_odds else sums)

    def contributions(self, n: int, start: int) -> np.ndarray:
        """Return contributions on the way from row ``start`` to each of the first ``n`` rows."""
        values = self.margins.values[:n] - self.margins.values[start]
        if self.margins.are_log_odds:
            sums = self.margins.sums
            values = through_softmax(values, sums[start], sums[:n])
        return self._scatter(values)

    def _scatter(self, known: np.ndarray) -> np.ndarray:
        result = np.zeros((*known.shape[:-1], self.n_outputs))
        result[..., self.classes] = known * self.weight
        return result


def _explain_fold(model: ColumnModel, member: WeightedFold, X: pd.DataFrame) -> _ExplainedFold:
    fold = member.model
    explain = tree_explainer(fold.estimator)
    assert explain is not None
    found = explain(fold.estimator, fold.encoder.transform(X))
    belongs = _membership(model, fold.encoder.get_feature_sources())
    values = np.swapaxes(np.swapaxes(found.values, 1, 2) @ belongs, 1, 2)
    known = fold.estimator.classes_ if fold.n_classes else [0]
    return _ExplainedFold(
        margins=TreeMargins(found.base, values, found.are_log_odds),
        classes=np.asarray(known, dtype=np.int64),
        n_outputs=model.n_outputs,
        weight=member.weight,
    )


def _membership(model: ColumnModel, sources: list[str]) -> np.ndarray:
    """Return which encoded feature belongs to which column, as zeros and ones, shape ``(encoded, columns)``."""
    column_of = {name: at for at, names in enumerate(model.features_of) for name in names}
    belongs = np.zeros((len(sources), len(model.columns)))
    belongs[np.arange(len(sources)), [column_of[name] for name in sources]] = 1
    return belongs


def _carry(values: np.ndarray, change: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Rescale contributions from the raw to the calibrated prediction.

    Args:
        values: Contributions that sum to ``change``, shape ``(n, columns, K)``.
        change: Change in the raw prediction, shape ``(n, K)``.
        wanted: Change in the calibrated prediction, shape ``(n, K)``.
    """
    factor = np.divide(wanted, change, out=np.ones_like(change), where=np.abs(change) > 1e-6)
    rescaled = values * np.clip(factor, 0.0, 5.0)[:, None, :]
    return spread_residual(rescaled, wanted - rescaled.sum(axis=1))
