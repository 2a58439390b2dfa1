"""Scores one configuration on all folds."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.errors import TrainingError
from podium_ml.models.fold_model import FoldModel
from podium_ml.run.budget import Deadline
from podium_ml.splits.cross_fit import cross_fit_folds
from podium_ml.splits.decided import decided_score
from podium_ml.training.encodings import EncodedFold, Encodings
from podium_ml.training.fit import FittedModel, Fitter
from podium_ml.training.rounds import choose_rounds, grown_rounds, shortened, with_rounds
from podium_ml.training.rows_of_model import ALL_ROWS, keeps_holdout, last_fit

OnFold = Callable[[int, float], None]


@dataclass(frozen=True)
class CrossValidated:
    """A configuration that was scored on all folds.

    Attributes:
        oof: Out-of-fold predictions of the rows in a validation fold, shape ``(r, K)`` or ``(r,)``.
        fold_scores: The score of each fold's validation rows; see ``decided_score``.
        score: The score of all validation rows together.
        rounds: Number of rounds of each estimator for a model of all rows; empty if there are no rounds.
        cut: Number of fits that reached their deadline, and may have stopped early.
        sharpness: How much the predictions were sharpened, cross-fitted; a model of all rows does the same.
        fitted: The model of a single fold, with its number of rounds; ``None`` if a model of all rows is to be fitted.
    """

    oof: OutOfFold
    fold_scores: tuple[float, ...]
    score: float
    rounds: tuple[int, ...]
    cut: int = 0
    sharpness: float = 1.0
    fitted: FittedModel | None = None


def cross_validate(
    fitter: Fitter,
    encodings: Encodings,
    *,
    deadline: Deadline | None = None,
    on_fold: OnFold | None = None,
    sharpen: bool = True,
) -> CrossValidated:
    """Fit a configuration on the training rows of each fold, and score it on the validation rows.

    Args:
        fitter: Fits the configuration.
        encodings: Encodes the rows of the folds.
        deadline: When the folds and the fit of all rows that follows must be done; shared evenly among the fits.
        on_fold: Called with the number and score of each fold; may raise to abandon the configuration.
        sharpen: Whether predictions may be sharpened.

    Raises:
        TrainingError: A model predicted values that are not finite.
    """
    return _CrossValidation(fitter, encodings, deadline or Deadline(), sharpen).run(on_fold)


class _CrossValidation:
    """Fits all folds of one configuration."""

    def __init__(self, fitter: Fitter, encodings: Encodings, deadline: Deadline, sharpen: bool) -> None:
        self._sharpen = sharpen
        self._fitter, self._encodings, self._problem = fitter, encodings, fitter.problem
        self._table, self._folds = encodings.table, encodings.folds
        after = last_fit(fitter.spec, kept=keeps_holdout(self._problem))
        self._clock = _Clock(deadline, folds=len(self._folds), last_fit=after)
        self._cut = 0

    def run(self, on_fold: OnFold | None) -> CrossValidated:
        """Fit and predict all folds, and choose one number of rounds for all of them."""
        models, predictions, scores = [], [], []
        for number in range(len(self._folds)):
            began = time.perf_counter()
            encoded = self._encodings[number]
            share = self._clock.share(number, reserved=self._encodings.seconds_ahead(number))
            models.append(self._fitter.fit(encoded, deadline=share))
            seconds = time.perf_counter() - began
            # Only a fit of the algorithm's own knows the deadline.
            self._cut += self._fitter.spec.fit is not None and share.passed()
            # Until all folds are fitted, a fold is scored with the rounds that suit it best.
            own = self._limited(models[-1], self._rounds(models[-1:], [number]))
            predictions.append(self._predict(own, encoded))
            scores.append(self._score(number, predictions[-1]))
            if on_fold is not None:
                on_fold(number, scores[-1])
        rounds = self._rounds(models, range(len(models)))
        if rounds and len(models) > 1:
            predictions = [
                self._predict(self._limited(model, rounds), self._encodings[number])
                for number, model in enumerate(models)
            ]
            scores = [self._score(number, raw) for number, raw in enumerate(predictions)]
        found = self._collect(predictions, scores, rounds)
        if self._encodings.of_model == ALL_ROWS:
            return found
        estimator = shortened(self._fitter.spec, self._fitter.target, models[-1].estimator, rounds)
        model = replace(models[-1], estimator=estimator)
        kept = self._fitter.keep(model, encoded, seconds=seconds, sharpness=found.sharpness)
        return replace(found, fitted=kept)

    def _rounds(self, models: Sequence[FoldModel], numbers: Sequence[int]) -> tuple[int, ...]:
        sizes = [len(self._folds[number][1]) for number in numbers]
        fitted = [model.estimator for model in models]
        return choose_rounds(self._fitter.spec, self._fitter.target, fitted, sizes)

    def _for_all_rows(self, rounds: tuple[int, ...]) -> tuple[int, ...]:
        """Return the number of rounds for all rows, given that of the folds."""
        learned = float(np.mean([len(train) for train, _ in self._folds]))
        return grown_rounds(self._fitter.spec, rounds, len(self._table.y) / learned)

    def _limited(self, model: FoldModel, rounds: tuple[int, ...]) -> FoldModel:
        estimator = with_rounds(self._fitter.spec, self._fitter.target, model.estimator, rounds)
        return replace(model, estimator=estimator)

    def _predict(self, model: FoldModel, encoded: EncodedFold) -> np.ndarray:
        raw = self._clock.predict(model, encoded)
        if not np.isfinite(raw).all():
            raise TrainingError(f"{self._fitter.spec.title} predicted values that are not finite.")
        return raw

    def _score(self, number: int, raw: np.ndarray) -> float:
        return decided_score(raw, self._table.of_rows(self._folds[number][1]), problem=self._problem)

    def _collect(
        self, predictions: Sequence[np.ndarray], scores: Sequence[float], rounds: tuple[int, ...]
    ) -> CrossValidated:
        oof, sharpness = self._sharpened(self._mean(predictions))
        return CrossValidated(
            oof=oof,
            fold_scores=tuple(scores),
            score=decided_score(oof.values, self._table.of_rows(oof.rows), problem=self._problem),
            rounds=self._for_all_rows(rounds),
            cut=self._cut,
            sharpness=sharpness,
        )

    def _mean(self, predictions: Sequence[np.ndarray]) -> OutOfFold:
        """Return the predictions of all folds. Rows that several repeats predicted get the mean."""
        rows, place = np.unique(np.concatenate([valid for _, valid in self._folds]), return_inverse=True)
        total, count = self._fitter.target.zeros(len(rows), self._problem), np.zeros(len(rows))
        start = 0
        for raw in predictions:
            at = place[start : start + len(raw)]
            total[at] += raw
            count[at] += 1
            start += len(raw)
        return OutOfFold(rows, total / count.reshape(-1, *[1] * (total.ndim - 1)), len(self._table.y))

    def _sharpened(self, oof: OutOfFold) -> tuple[OutOfFold, float]:
        """Sharpen the predictions, unless the algorithm minimizes their loss in rounds, or its model can be read."""
        spec, target = self._fitter.spec, self._fitter.target
        if not self._sharpen:
            return oof, 1.0
        if target.output == "probabilities" and (spec.rounds is not None or spec.interpretable):
            return oof, 1.0
        folds = cross_fit_folds(self._problem, self._table, oof.rows)
        known = self._table.of_rows(oof.rows)
        sharpness, values = target.choose_sharpness(oof.values, known, folds=folds)
        return replace(oof, values=values), sharpness


class _Clock:
    """Divides the time among the fits, and measures how long predicting took.

    Args:
        deadline: When all must be done.
        folds: Number of folds.
        last_fit: What follows, as a multiple of the fit of a fold.
    """

    def __init__(self, deadline: Deadline, *, folds: int, last_fit: float) -> None:
        self._deadline, self._folds, self._last_fit = deadline, folds, last_fit
        self._predicting = 0.0

    def share(self, number: int, *, reserved: float) -> Deadline:
        """Return the deadline for fitting fold ``number``, so that all fits of a slow configuration end in time.

        What follows the folds counts like a fit of its own.

        Args:
            number: The fold, from 0.
            reserved: Seconds to reserve for work other than fitting.
        """
        remaining, left = self._deadline.remaining(), self._folds - number
        if math.isinf(remaining):
            return Deadline()
        predicting = self._predicting / max(1, number) * left
        return Deadline(time.time() + max(0.0, remaining - reserved - predicting) / (left + self._last_fit))

    def predict(self, model: FoldModel, encoded: EncodedFold) -> np.ndarray:
        """Predict the validation rows of a fold, and measure the time."""
        before = time.perf_counter()
        raw = model.predict_encoded(encoded.X_valid)
        self._predicting += time.perf_counter() - before
        return raw
