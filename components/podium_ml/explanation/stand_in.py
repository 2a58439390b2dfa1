"""A quick stand-in for a slow model: trees that learn the model's own predictions."""

import copy
import traceback
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.labelled_rows import read_rows
from podium_ml.explanation.prediction_speed import PredictionSpeed
from podium_ml.kinds import KINDS
from podium_ml.run.budget import Deadline

_LEAST_ROWS, _MOST_ROWS = 60, 4000
# What a complete explanation takes at least: predictions per column, other predictions, and calls.
_PREDICTIONS_PER_COLUMN, _PREDICTIONS, _CALLS = 90, 1000, 8
# Share of the time for the predictions to learn.
_LEARNING = 0.6
# Share of the rows that say how well the stand-in agrees with the model.
_CHECKED = 0.2
_TREES = 40


@dataclass(frozen=True)
class StandIn:
    """A model that is explained in place of another.

    Attributes:
        model: The stand-in.
        rows: Number of rows whose predictions it learned.
        agreement: Share of the variance of the model's predictions that it explains on rows it has not learned from.
    """

    model: ColumnModel
    rows: int
    agreement: float

    @property
    def note(self) -> str:
        """What users should know, in words."""
        return (
            "The model is too slow to be explained itself within the time limit. This describes a quick stand-in: "
            f"trees that learned the model's predictions of {self.rows:,} rows. They explain "
            f"{max(0.0, self.agreement):.0%} of the variation of its predictions of other rows."
        )


@dataclass(frozen=True)
class _Imitation:
    """Predicts what the imitated model would, about; see ``Model``."""

    encoder: Any
    estimator: Any
    shape: tuple[int, ...]

    def predict_raw(self, X: pd.DataFrame) -> np.ndarray:
        found = np.asarray(self.estimator.predict(self.encoder.transform(X)), dtype=np.float64)
        return found.reshape(len(X), *self.shape)


def stand_in_for(
    model: ColumnModel, train: pd.DataFrame, *, speed: PredictionSpeed, deadline: Deadline
) -> StandIn | None:
    """Return a stand-in for a model that is too slow to be explained in time.

    If the model is quick enough, or there is no time for a stand-in either, return ``None``.

    Args:
        model: The model.
        train: Raw training rows.
        speed: Prediction speed of the model.
        deadline: When the explanation must be done.
    """
    needed = len(model.columns) * _PREDICTIONS_PER_COLUMN + _PREDICTIONS
    if not model.columns or speed.affordable(deadline, calls=_CALLS) >= needed:
        return None
    affordable = int(min(speed.affordable(deadline.share(_LEARNING)), _MOST_ROWS))
    if affordable < _LEAST_ROWS:
        return None
    try:
        rows = read_rows(model, train, are_test=False, most=affordable, seed=model.problem.seed)
        return fit_stand_in(model, rows.X, rows.y, seed=model.problem.seed)
    except Exception:  # The model's own numbers are still there.
        traceback.print_exc()
        return None


def fit_stand_in(model: ColumnModel, X: pd.DataFrame, y: np.ndarray, *, seed: int) -> StandIn:
    """Fit a stand-in on the predictions of some rows.

    Args:
        model: The model to imitate.
        X: Features of rows to imitate it on.
        y: Encoded targets of these rows, which only the encoding of categories uses.
        seed: Random seed.
    """
    from sklearn.ensemble import ExtraTreesRegressor

    wanted = model.predict(X)
    wanted = wanted[:, 0] if wanted.shape[1] == 1 else wanted
    encoder: Any = KINDS[model.problem.kind].make_encoder(
        "ordinal", schema=model.predictor.featurizer.schema, problem=model.problem, seed=seed
    )
    encoded = encoder.fit_transform(X, y)
    checked = np.random.default_rng(seed).random(len(X)) < _CHECKED
    trees = ExtraTreesRegressor(_TREES, min_samples_leaf=2, max_features=0.6, random_state=seed, n_jobs=1)
    trees.fit(encoded[~checked], wanted[~checked])
    agreement = _explained(wanted[checked], trees.predict(encoded[checked]))
    trees.fit(encoded, wanted)
    predictor: Any = copy.copy(model.predictor)
    shape = () if model.target.output == "values" else (model.n_outputs,)
    # The trees have learned calibrated predictions.
    predictor.model, predictor.calibrator = _Imitation(encoder, trees, shape), None
    return StandIn(ColumnModel(predictor), len(X), agreement)


def _explained(wanted: np.ndarray, found: np.ndarray) -> float:
    spread = ((wanted - wanted.mean(axis=0)) ** 2).sum()
    return float(1 - ((wanted - found) ** 2).sum() / spread) if spread > 0 else 1.0
