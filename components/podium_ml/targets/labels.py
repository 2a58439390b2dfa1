"""Labels: the target is one of a few classes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.metrics import Metric, Threshold, decide_labels
from podium_ml.targets._chart_rows import ChartRows
from podium_ml.targets._corrections import Corrections
from podium_ml.targets._doubts import Doubts, doubtful_labels, unsure_of_classes
from podium_ml.targets._fitting import Fitting
from podium_ml.targets._log_odds import class_log_odds
from podium_ml.targets._sharpness import choose_sharpness, sharpened
from podium_ml.targets._target import Target
from podium_ml.values.labels import canonical, canonical_labels, label_array


class Labels(Target):
    """Classes, as in classification; encoded as class codes, int64, shape ``(n,)``, -1 for unknown classes."""

    name = "labels"
    tasks = frozenset({"binary", "multiclass"})
    output = "probabilities"

    def encode(self, values: pd.Series, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        codes = {canonical(label): code for code, label in enumerate(problem.classes)}
        rows, labels = canonical_labels(values)
        return np.array([*(codes.get(label, -1) for label in labels), -1], dtype=np.int64)[rows]

    def decode(self, decisions: np.ndarray, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        return label_array(problem.classes)[np.asarray(decisions, dtype=np.int64)]

    def known(self, y: np.ndarray) -> np.ndarray:
        """See ``Target``."""
        return y >= 0

    def strata(self, y: np.ndarray) -> np.ndarray | None:
        """See ``Target``."""
        return y

    def teaches(self, y: np.ndarray) -> bool:
        """See ``Target``."""
        return len(np.unique(y)) > 1

    def outputs(self, problem: Problem) -> tuple[str, ...]:
        """See ``Target``."""
        return tuple(str(label) for label in problem.classes)

    def zeros(self, rows: int, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        return np.zeros((rows, len(problem.classes)))

    def fit(self, work: Fitting) -> Any:
        """See ``Target``."""
        y = work.train[1]
        return work.run() if self.teaches(y) else _constant(y)

    def predict(self, estimator: Any, encoded: Any, *, n_outputs: int) -> np.ndarray:
        """Return probabilities whose rows sum to 1; classes that the estimator never saw get probability 0."""
        known = np.asarray(estimator.predict_proba(encoded), dtype=np.float64)
        raw = np.zeros((len(known), n_outputs))
        raw[:, np.asarray(estimator.classes_, dtype=np.int64)] = np.clip(known, 0.0, 1.0)
        total = raw.sum(axis=1, keepdims=True)
        raw = np.divide(raw, total, out=np.full_like(raw, 1.0 / n_outputs), where=total != 0)
        return np.where(np.isfinite(total), raw, np.nan)

    def fallback(self, y: np.ndarray, *, n_outputs: int) -> float:
        """See ``Target``."""
        return 1.0 / n_outputs

    def choose_sharpness(
        self, raw: np.ndarray, targets: Targets, *, folds: Folds
    ) -> tuple[float, np.ndarray]:
        """See ``Target``."""
        return choose_sharpness(raw, targets.y, targets.weight, folds)

    def sharpen(self, raw: np.ndarray, sharpness: float) -> np.ndarray:
        """See ``Target``."""
        return sharpened(raw, sharpness)

    def decide(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """Return class codes: the most probable, or the positive one from the threshold on."""
        return decide_labels(raw, threshold)

    def main_output(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """See ``Target``."""
        return self.decide(raw, threshold)

    def correct(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Calibrate the probabilities and tune the thresholds, if that helps.

        Thresholds are chosen for the raw predictions, as in ``adjust``, and carried over to the calibrated ones.
        """
        from podium_ml.targets._calibration_choice import choose_calibration

        y, weight = targets.y, targets.weight
        found = choose_calibration(raw, y, metric=metric, folds=folds, weight=weight)
        if metric.needs != "label":
            score = metric.score(y, found.raw, weight)
            return Corrections(score, found.calibrator, found.kind, found.gain)
        threshold, score = _decide_best(raw, targets, metric=metric, folds=folds)
        threshold = _carry_over(threshold, found.calibrator, n_classes=raw.shape[1])
        return Corrections(score, found.calibrator, found.kind, found.gain, threshold)

    def adjust(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Tune the thresholds of raw predictions, if that helps."""
        threshold, score = _decide_best(raw, targets, metric=metric, folds=folds)
        return Corrections(score, threshold=threshold)

    def tunes(self, problem: Problem, metric: Metric) -> bool:
        """See ``Target``: thresholds of metrics of decisions."""
        return metric.needs == "label" and metric.tunes_threshold

    def decision_note(self, threshold: Threshold, problem: Problem) -> str:
        """See ``Target``."""
        if threshold is None:
            return ""
        if not isinstance(threshold, tuple):
            return (
                f"It predicts “{problem.positive_label}” if the probability is at least {100 * threshold:.3g}%. "
                "This threshold was tuned on out-of-fold predictions."
            )
        shown = [f"{label}: {share:.0%}" for label, share in zip(problem.classes, threshold, strict=True)]
        more = f" and {len(shown) - 10} more" if len(shown) > 10 else ""
        return (
            "It predicts the class whose probability is the greatest multiple of the class's threshold "
            f"({', '.join(shown[:10])}{more}). The thresholds were tuned on out-of-fold predictions."
        )

    def question(self, problem: Problem, *, shorten: Callable[[object], str] = str) -> str:
        """See ``Target``."""
        if problem.positive_label is None:
            return f"Which of {len(problem.classes)} classes is it?"
        other = next(label for label in problem.classes if label != problem.positive_label)
        return f"Is it “{shorten(problem.positive_label)}” or “{shorten(other)}”?"

    def meta_features(self, predictions: list[np.ndarray]) -> np.ndarray:
        """Return centred log-probabilities of every class side by side; of two classes, only the positive one's."""
        return np.column_stack([class_log_odds(raw) for raw in predictions])

    def make_meta(self, *, n_outputs: int, problem: Problem | None = None) -> Any:
        """See ``Target``."""
        from podium_ml.targets._log_linear_pool import LogLinearPool

        return LogLinearPool(n_outputs)

    @property
    def layers(self) -> bool:
        """See ``Target``."""
        return True

    def unsure(self, raw: np.ndarray) -> np.ndarray | None:
        """See ``Target``."""
        return unsure_of_classes(raw)

    def doubts(
        self, y: np.ndarray, raw: np.ndarray, problem: Problem, *, names: Sequence[str] = ()
    ) -> Doubts | None:
        """See ``Target``."""
        return doubtful_labels(y, raw, tuple(problem.classes))

    def charts(
        self,
        problem: Problem,
        y: np.ndarray,
        raw: np.ndarray,
        *,
        threshold: Threshold,
        weight: np.ndarray | None = None,
    ) -> dict[str, Any]:
        """Return the confusion matrix and the curves.

        ``confusion_matrix`` has ``labels``, ``matrix`` (true classes down, predicted ones across), ``normalised``
        (shares of each true class) and, if the counts are sums of weights, ``weighted``. ``roc``,
        ``precision_recall``, ``gains``, ``lift`` and ``calibration`` are lists of curves, each with ``label``, ``x``,
        ``y`` and what belongs to it (``area``, ``share``, ``counts``). Averages over the classes of a multiclass
        problem have ``average`` set and come last. Binary problems also have ``thresholds``; see ``threshold_chart``.
        """
        from podium_ml.targets._class_charts import confusion_chart, curves, threshold_chart

        labels, rows = list(self.outputs(problem)), ChartRows.of(y, raw, weight)
        decided = self.decide(rows.raw, threshold)
        made = {"confusion_matrix": confusion_chart(rows.y, decided, labels, rows.weight)}
        if len(labels) == 2:
            made["thresholds"] = threshold_chart(rows.y, rows.raw[:, 1], used=threshold, weight=rows.weight)
        return {**made, **curves(rows.y, rows.raw, labels, rows.weight)}

    def kubeflow_roc(
        self, y: np.ndarray, raw: np.ndarray, weight: np.ndarray | None = None
    ) -> dict[str, list[float]] | None:
        """Return the ROC curve of a binary problem with finite thresholds; ``None`` without both classes."""
        from podium_ml.targets._class_charts import kubeflow_roc

        rows = ChartRows.of(y, raw, weight)
        return kubeflow_roc(rows.y, rows.raw, rows.weight)


def _decide_best(
    raw: np.ndarray, targets: Targets, *, metric: Metric, folds: Folds
) -> tuple[Threshold, float]:
    """Return the thresholds that serve the metric best, if any do, and the cross-fitted score with them."""
    from podium_ml.targets._class_thresholds import choose_class_thresholds
    from podium_ml.targets._threshold import choose_threshold

    y, weight = targets.y, targets.weight
    if metric.needs != "label" or not metric.tunes_threshold:
        return None, metric.score(y, raw, weight)
    choose = choose_threshold if raw.shape[1] == 2 else choose_class_thresholds
    return choose(raw, y, metric=metric, folds=folds, weight=weight)


def _carry_over(threshold: Threshold, calibrator: Any, *, n_classes: int) -> Threshold:
    """Return thresholds of calibrated probabilities that give the decisions of some thresholds of raw ones.

    A threshold is a probability, and calibrators keep the order of probabilities, so it is calibrated like them.
    """
    if calibrator is None:
        return threshold
    if n_classes == 2:
        half = 0.5 if threshold is None else float(threshold)  # type: ignore[arg-type]
        return float(calibrator.calibrate(np.array([[1.0 - half, half]]))[0, 1])
    even = np.full(n_classes, 1.0 / n_classes) if threshold is None else np.array(threshold)
    return tuple(calibrator.calibrate(even[None, :])[0].tolist())


def _constant(y: np.ndarray) -> Any:
    """Return a model of rows of one class only, from which most algorithms refuse to learn."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior").fit(np.zeros((len(y), 1)), y)


SPEC = Labels()
