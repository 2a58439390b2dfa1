"""What a type of target has to say."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.metrics import Metric, Threshold
from podium_ml.targets._corrections import Corrections
from podium_ml.targets._doubts import Doubts
from podium_ml.targets._fitting import Fitting


class Target(ABC):
    """One type of target: how it is read, learned, predicted, combined and shown.

    Encoded targets are arrays whose first axis is that of the rows. So are raw predictions, which models return and
    metrics score: float64, NaN for rows without prediction.

    Attributes:
        name: Name in the registry; problems and models name it.
        tasks: Tasks whose problems have this type of target.
        output: What raw predictions are: ``values`` of shape ``(n,)``, or ``probabilities`` of shape ``(n, K)``.
    """

    name: ClassVar[str]
    tasks: ClassVar[frozenset[str]]
    output: ClassVar[Literal["values", "probabilities"]]

    # Reading.

    @abstractmethod
    def encode(self, values: pd.Series, problem: Problem) -> np.ndarray:
        """Return targets as estimators learn them.

        Raises:
            DataError: A target cannot be read.
        """

    def encode_rows(self, table: pd.DataFrame, problem: Problem) -> np.ndarray:
        """Return the targets of rows as estimators learn them, where these depend on other columns, too."""
        return self.encode(table[problem.target], problem)

    @abstractmethod
    def decode(self, decisions: np.ndarray, problem: Problem) -> np.ndarray:
        """Return decisions, or encoded targets, in the user's own type, shape ``(n,)``."""

    def known(self, y: np.ndarray) -> np.ndarray:
        """Return which encoded targets the problem knows; booleans, shape ``(n,)``."""
        return np.ones(len(y), dtype=bool)

    def text(self, value: Any) -> str:
        """Return one decoded target as users read it."""
        return str(value)

    def column(self, values: np.ndarray) -> np.ndarray:
        """Return decoded targets as a column of one type, as Parquet and CSV files need it."""
        return (
            np.array([self.text(value) for value in values], dtype=object)
            if values.dtype == object
            else values
        )

    # Splitting.

    def strata(self, y: np.ndarray) -> np.ndarray | None:
        """Return codes of what should be spread evenly over folds and samples, shape ``(n,)``, or ``None``."""
        return None

    def teaches(self, y: np.ndarray) -> bool:
        """Whether there is anything to learn from rows with these targets."""
        return True

    def ordering(self, y: np.ndarray) -> np.ndarray:
        """Return sortable values, shape ``(n,)``: evenly spaced rows of that order represent all rows."""
        strata = self.strata(y)
        return np.zeros(len(y)) if strata is None else strata

    # Learning and predicting.

    def task_of_algorithms(self, problem: Problem) -> str:
        """Return the task that an algorithm must solve to take part."""
        return problem.task

    @abstractmethod
    def outputs(self, problem: Problem) -> tuple[str, ...]:
        """Return the names of the columns of a raw prediction; one empty name for values."""

    @abstractmethod
    def zeros(self, rows: int, problem: Problem) -> np.ndarray:
        """Return an array of the shape of raw predictions."""

    @abstractmethod
    def fit(self, work: Fitting) -> Any:
        """Build and fit an estimator."""

    def estimators(self, fitted: Any) -> tuple[Any, ...]:
        """Return the algorithm's own estimators that make up what ``fit`` returned."""
        return (fitted,)

    def with_estimators(self, fitted: Any, estimators: Sequence[Any]) -> Any:
        """Return what ``fit`` returned with other estimators in place of its own."""
        return estimators[0]

    @abstractmethod
    def predict(self, estimator: Any, encoded: Any, *, n_outputs: int) -> np.ndarray:
        """Return raw predictions of encoded features; NaN for rows whose prediction is not finite.

        Args:
            estimator: What ``fit`` returned.
            encoded: Encoded features, shape ``(n, e)``.
            n_outputs: Number of columns of a raw prediction.
        """

    @abstractmethod
    def fallback(self, y: np.ndarray, *, n_outputs: int) -> float:
        """Return the prediction for rows that an estimator has none for, from the training targets."""

    def raw(self, columns: np.ndarray) -> np.ndarray:
        """Return raw predictions that were given as a matrix with one column an output."""
        return columns

    def choose_sharpness(
        self, raw: np.ndarray, targets: Targets, *, folds: Folds
    ) -> tuple[float, np.ndarray]:
        """Return how much to sharpen the predictions of a model that learns no probabilities, and what becomes of them.

        Args:
            raw: Out-of-fold predictions.
            targets: Targets of the same rows.
            folds: Splits of the rows for cross-fitting; there may be none.
        """
        return 1.0, raw

    def mix(
        self, weights: Sequence[float] | Sequence[np.ndarray] | np.ndarray, predictions: Sequence[np.ndarray]
    ) -> np.ndarray:
        """Return the weighted mean of raw predictions of several models.

        Args:
            weights: Weights that sum to 1, one a model.
            predictions: Raw predictions of each model for the same rows.
        """
        return np.asarray(sum(weight * raw for weight, raw in zip(weights, predictions, strict=True)))

    def mix_rows(self, weights: np.ndarray, predictions: Sequence[np.ndarray]) -> np.ndarray:
        """Return the same with weights that differ from row to row, shape ``(n, m)``."""
        width = [1] * (np.ndim(predictions[0]) - 1)
        return self.mix([column.reshape(-1, *width) for column in weights.T], predictions)

    def combine(
        self, weights: Sequence[float] | np.ndarray, predictions: Sequence[np.ndarray], *, n_outputs: int
    ) -> np.ndarray:
        """Return what several models predict together: their mixture, unless ``fusion`` says otherwise.

        Args:
            weights: Weights that sum to 1, one a model.
            predictions: Raw predictions of each model for the same rows.
            n_outputs: Number of columns of a raw prediction.
        """
        fused = self.fusion(predictions, n_outputs=n_outputs)
        return fused(weights) if fused else self.mix(weights, predictions)

    def fusion(
        self, predictions: Sequence[np.ndarray], *, n_outputs: int
    ) -> Callable[[Sequence[float] | np.ndarray], np.ndarray] | None:
        """Return what models predict together as a function of their weights; ``None`` if it is their mixture.

        Arguments are those of ``combine``.
        """
        return None

    def sharpen(self, raw: np.ndarray, sharpness: float) -> np.ndarray:
        """Return raw predictions sharpened as ``choose_sharpness`` said; 1 changes nothing."""
        return raw

    # Deciding.

    @abstractmethod
    def decide(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """Return the decisions that raw predictions mean, encoded as targets are."""

    @abstractmethod
    def main_output(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """Return the output that stands for each prediction where only one can be explained; codes, shape ``(n,)``."""

    def correct(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Return what improves the chosen model's predictions and decisions on rows that it was not fitted on.

        Args:
            raw: Out-of-fold predictions.
            targets: Targets of the same rows.
            problem: The problem.
            metric: What to improve.
            folds: Splits of the rows for cross-fitting; there may be none.
        """
        return Corrections(metric.score(targets.y, raw, targets.weight))

    def adjust(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Return those corrections that take only some milliseconds, so that every model can have its own.

        What they do to a metric of decisions is what ``correct`` does. Arguments are those of ``correct``.
        """
        return Corrections(metric.score(targets.y, raw, targets.weight))

    def tunes(self, problem: Problem, metric: Metric) -> bool:
        """Whether ``decided_score`` differs from the plain score."""
        return False

    def decided_score(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> float:
        """Return the score that models are compared by: with the decisions that the metric is served best by.

        What turns raw predictions into decisions is chosen on other rows than those that it is scored on, so the score
        is not inflated. Every trial of a search can be scored like this. Arguments are those of ``correct``.
        """
        if not self.tunes(problem, metric):
            return metric.score(targets.y, raw, targets.weight)
        return self.adjust(raw, targets, problem=problem, metric=metric, folds=folds).score

    def decision_note(self, threshold: Threshold, problem: Problem) -> str:
        """Return a sentence on how decisions are made, for the report; empty if there is nothing special."""
        return ""

    @property
    def guess(self) -> str:
        """What the baseline does, for the report."""
        return "guessing"

    @property
    def baseline_is(self) -> str:
        """What the baseline is, as a sentence for the report."""
        return "The baseline ignores all columns."

    @property
    def guess_note(self) -> str:
        """What the baseline looks at, for the report."""
        return "score without looking at any column"

    @property
    def work(self) -> str:
        """What a model does with this target, for the title of the report."""
        return "Predicting"

    def question(self, problem: Problem, *, shorten: Callable[[object], str] = str) -> str:
        """Return the question that the model answers, for the report.

        Args:
            problem: The problem.
            shorten: Shortens a label that may be long.
        """
        return f"What is “{shorten(problem.target)}”?"

    # Combining.

    @property
    def stacks(self) -> bool:
        """Whether a meta-model can combine predictions; if not, they are averaged."""
        return True

    @property
    def layers(self) -> bool:
        """Whether trees of a second layer can learn from predictions."""
        return False

    @property
    def trusts_scores(self) -> bool:
        """Whether members also get weight for their own scores, because too little is known for the best mixture."""
        return False

    @property
    def weighs_anew(self) -> bool:
        """Whether a refit learns weights and corrections anew, because the newest rows are most like those to come."""
        return False

    @property
    def has_median(self) -> bool:
        """Whether the median of predictions is one, too; see ``median``."""
        return False

    def median(self, predictions: Sequence[np.ndarray]) -> np.ndarray:
        """Return the median of raw predictions, shaped like one of them."""
        return np.median(np.stack(predictions), axis=0)

    @property
    def naive_baseline(self) -> bool:
        """Whether the baseline may be a member of an ensemble, because it is no constant."""
        return False

    def plain_errors(
        self, metric: Metric, raw: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, int] | None:
        """Return predictions, targets and a power, if a metric orders models by the mean power of their difference.

        Args:
            metric: The metric.
            raw: Raw predictions of models, shape ``(m, n, ...)``.
            y: Encoded targets, shape ``(n, ...)``.
        """
        return None

    def likelihoods(self, metric: Metric, raw: np.ndarray, y: np.ndarray) -> np.ndarray | None:
        """Return the probabilities of what is true, if weights should maximize their logarithms; shape ``(m, u)``.

        Args:
            metric: The metric.
            raw: Raw predictions of models, shape ``(m, n, ...)``.
            y: Encoded targets, shape ``(n, ...)``.
        """
        return None

    def constants(self, y: np.ndarray, problem: Problem) -> list[np.ndarray]:
        """Return raw predictions of one row that a model must beat, if the usual ones make no sense."""
        return []

    def reordered(self, raw: np.ndarray, order: Sequence[int]) -> np.ndarray:
        """Return raw predictions with their classes in another order."""
        return raw[:, list(order)]

    @abstractmethod
    def meta_features(self, predictions: list[np.ndarray]) -> np.ndarray:
        """Return the inputs of a meta-model from the raw predictions of each member, shape ``(n, d)``."""

    @abstractmethod
    def make_meta(self, *, n_outputs: int, problem: Problem | None = None) -> Any:
        """Return an unfitted meta-model; once fitted it has ``coef_``, whose first axis is that of the members.

        Args:
            n_outputs: Number of columns of a raw prediction.
            problem: The problem, whose metric may ask for more than the mean.
        """

    # Showing.

    def unsure(self, raw: np.ndarray) -> np.ndarray | None:
        """Return how unsure predictions are, from 0 to 1, shape ``(n,)``; ``None`` if they do not tell."""
        return None

    def doubts(
        self, y: np.ndarray, raw: np.ndarray, problem: Problem, *, names: Sequence[str] = ()
    ) -> Doubts | None:
        """Return which labels are likely to be wrong; ``None`` if labels of this kind cannot be doubted.

        Args:
            y: Encoded targets.
            raw: Out-of-fold predictions.
            problem: The problem.
            names: What the rows are called; empty if they have no names.
        """
        return None

    def charts(
        self,
        problem: Problem,
        y: np.ndarray,
        raw: np.ndarray,
        *,
        threshold: Threshold,
        weight: np.ndarray | None = None,
    ) -> dict[str, Any]:
        """Return the data of the charts of one model, as plain lists and numbers, by name of the chart.

        Args:
            problem: The problem.
            y: Encoded targets of some rows.
            raw: Predictions of the same rows.
            threshold: What the model decides by.
            weight: Weights by which the rows count, of any unit, or ``None``.
        """
        return {}

    def kubeflow_roc(
        self, y: np.ndarray, raw: np.ndarray, weight: np.ndarray | None = None
    ) -> dict[str, list[float]] | None:
        """Return the ROC curve as Kubeflow draws it, or ``None`` if there is none."""
        return None
