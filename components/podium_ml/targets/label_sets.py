"""Sets of labels: each row has any number of labels that do not exclude each other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.metrics import SET_TASKS, Metric, Threshold, decide_sets
from podium_ml.targets._binary_relevance import BinaryRelevance
from podium_ml.targets._chart_rows import ChartRows
from podium_ml.targets._corrections import Corrections
from podium_ml.targets._doubts import Doubts, doubtful_sets, unsure_of_sets
from podium_ml.targets._fitting import Fitting
from podium_ml.targets._log_odds import label_log_odds
from podium_ml.targets._target import Target
from podium_ml.targets.labels import SPEC as LABELS
from podium_ml.values.label_sets import label_set_text, read_label_sets

# Rows times labels that weights are chosen on at most.
_MOST_CELLS = 500_000


class LabelSets(Target):
    """Sets of labels, as in multi-label classification.

    Encoded as a matrix with 1 for each label that a row has and 0 for the others, int64, shape ``(n, L)``; a label that
    the problem does not know is left out. Raw predictions are the probabilities of the labels, shape ``(n, L)``.
    """

    name = "label_sets"
    tasks = SET_TASKS
    output = "probabilities"

    def encode(self, values: pd.Series, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        position = {str(label): at for at, label in enumerate(problem.classes)}
        y = np.zeros((len(values), len(position)), dtype=np.int64)
        for row, labels in enumerate(read_label_sets(values)):
            y[row, [position[label] for label in labels or () if label in position]] = 1
        return y

    def decode(self, decisions: np.ndarray, problem: Problem) -> np.ndarray:
        """Return a list of labels a row."""
        sets = np.empty(len(decisions), dtype=object)
        sets[:] = [[str(problem.classes[at]) for at in np.flatnonzero(row)] for row in decisions]
        return sets

    def text(self, value: Any) -> str:
        """See ``Target``."""
        return label_set_text(value)

    def strata(self, y: np.ndarray) -> np.ndarray | None:
        """Return the rarest label of each row, because the rarest are the hardest to spread (Sechidis et al. 2011)."""
        counts = y.sum(axis=0)
        ranked = np.where(y > 0, counts, np.iinfo(np.int64).max)
        return np.where(y.any(axis=1), ranked.argmin(axis=1), y.shape[1])

    def task_of_algorithms(self, problem: Problem) -> str:
        """See ``Target``: every algorithm for two classes can learn each label."""
        return "binary"

    def outputs(self, problem: Problem) -> tuple[str, ...]:
        """See ``Target``."""
        return tuple(str(label) for label in problem.classes)

    def zeros(self, rows: int, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        return np.zeros((rows, len(problem.classes)))

    def fit(self, work: Fitting) -> Any:
        """Fit one classifier for all labels, or one a label, each with an equal share of the time that is left."""
        if work.spec.joint_labels:
            return work.run()
        X, y = work.train
        problem = replace(
            work.problem,
            task="binary",
            target_type=LABELS.name,
            classes=(0, 1),
            positive_label=1,
            metric="log_loss",
        )
        estimators = []
        for label in range(y.shape[1]):
            one = replace(
                work,
                problem=problem,
                train=(X, y[:, label]),
                valid=None if work.valid is None else (work.valid[0], work.valid[1][:, label], work.valid[2]),
                rounds=work.rounds[label : label + 1],
                deadline=work.deadline.share(1 / (y.shape[1] - label)),
            )
            estimators.append(LABELS.fit(one))
        return BinaryRelevance(tuple(estimators))

    def estimators(self, fitted: Any) -> tuple[Any, ...]:
        """Return one classifier a label, or the one for all labels."""
        return fitted.estimators if isinstance(fitted, BinaryRelevance) else (fitted,)

    def with_estimators(self, fitted: Any, estimators: Sequence[Any]) -> Any:
        """See ``Target``."""
        return BinaryRelevance(tuple(estimators)) if isinstance(fitted, BinaryRelevance) else estimators[0]

    def predict(self, estimator: Any, encoded: Any, *, n_outputs: int) -> np.ndarray:
        """See ``Target``."""
        raw = np.clip(np.asarray(estimator.predict_proba(encoded), dtype=np.float64), 0.0, 1.0)
        return np.where(np.isfinite(raw).all(axis=1, keepdims=True), raw, np.nan)

    def fallback(self, y: np.ndarray, *, n_outputs: int) -> float:
        """See ``Target``."""
        return float(y.mean())

    def decide(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """See ``Target``."""
        return decide_sets(raw, threshold)

    def main_output(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """Return the most probable label of each row."""
        return raw.argmax(axis=1)

    def correct(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Calibrate the labels and tune their thresholds, if that helps; see ``Labels.correct``."""
        from podium_ml.targets._calibration_choice import choose_label_calibration
        from podium_ml.targets._set_thresholds import choose_set_thresholds

        y, weight = targets.y, targets.weight
        found = choose_label_calibration(raw, y, metric=metric, folds=folds, weight=weight)
        if metric.needs != "label":
            score = metric.score(y, found.raw, weight)
            return Corrections(score, found.calibrator, found.kind, found.gain)
        threshold, score = choose_set_thresholds(raw, targets, metric=metric, folds=folds)
        if found.calibrator is not None:
            half = np.full(raw.shape[1], 0.5) if threshold is None else np.array(threshold)
            threshold = tuple(found.calibrator.calibrate(half[None, :])[0].tolist())
        return Corrections(score, found.calibrator, found.kind, found.gain, threshold)

    def adjust(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Tune the thresholds of raw predictions, if that helps."""
        from podium_ml.targets._set_thresholds import choose_set_thresholds

        threshold, score = choose_set_thresholds(raw, targets, metric=metric, folds=folds)
        return Corrections(score, threshold=threshold)

    def tunes(self, problem: Problem, metric: Metric) -> bool:
        """See ``Target``: thresholds of metrics of decisions."""
        return metric.tunes_threshold

    def likelihoods(self, metric: Metric, raw: np.ndarray, y: np.ndarray) -> np.ndarray | None:
        """Return the probabilities that labels are as they are, if thresholds are tuned after the weights are chosen.

        At one half, models whose probabilities are too small would have no weight, however well they rank.
        """
        if not metric.tunes_threshold:
            return None
        some = slice(None, None, max(1, -(-y.size // _MOST_CELLS)))
        known, probabilities = y[some], raw[:, some]
        return np.where(known > 0, probabilities, 1 - probabilities).reshape(len(raw), -1)

    def decision_note(self, threshold: Threshold, problem: Problem) -> str:
        """See ``Target``."""
        if not isinstance(threshold, tuple):
            return "It predicts each label whose probability is at least 50%."
        shown = [f"{label}: {share:.0%}" for label, share in zip(problem.classes, threshold, strict=True)]
        more = f" and {len(shown) - 10} more" if len(shown) > 10 else ""
        return f"It predicts a label from a probability of its own on ({', '.join(shown[:10])}{more})."

    def question(self, problem: Problem, *, shorten: Callable[[object], str] = str) -> str:
        """See ``Target``."""
        return f"Which of {len(problem.classes)} labels does it have?"

    def meta_features(self, predictions: list[np.ndarray]) -> np.ndarray:
        """Return the log odds of every label side by side, member by member."""
        return np.column_stack([label_log_odds(raw) for raw in predictions])

    def make_meta(self, *, n_outputs: int, problem: Problem | None = None) -> Any:
        """See ``Target``."""
        from podium_ml.targets._labelwise_pool import LabelwisePool

        return LabelwisePool(n_outputs)

    def unsure(self, raw: np.ndarray) -> np.ndarray | None:
        """See ``Target``."""
        return unsure_of_sets(raw)

    def doubts(
        self, y: np.ndarray, raw: np.ndarray, problem: Problem, *, names: Sequence[str] = ()
    ) -> Doubts | None:
        """See ``Target``."""
        return doubtful_sets(y, raw, tuple(problem.classes))

    def charts(
        self,
        problem: Problem,
        y: np.ndarray,
        raw: np.ndarray,
        *,
        threshold: Threshold,
        weight: np.ndarray | None = None,
    ) -> dict[str, Any]:
        """Return the curves of the most frequent labels, as ``Labels`` has them, and ``label_scores``.

        ``label_scores`` is a list with ``label``, ``rows`` (that have it), ``precision``, ``recall`` and ``f1`` of each
        label, the most frequent first.
        """
        from podium_ml.targets._set_charts import set_charts

        rows = ChartRows.of(y, raw, weight)
        decided = self.decide(rows.raw, threshold)
        return set_charts(rows.y, rows.raw, decided, list(self.outputs(problem)), rows.weight)


SPEC = LabelSets()
