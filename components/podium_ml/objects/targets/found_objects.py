"""Boxes and masks of objects in pictures."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import ObjectTask, Problem
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.metrics import Metric, Threshold
from podium_ml.objects.charts import object_charts
from podium_ml.objects.doubts import doubtful_pictures
from podium_ml.objects.encoding import encode, known_of
from podium_ml.objects.fusion import BoxFusion
from podium_ml.objects.grid import SHOWN_FROM, channels, decode
from podium_ml.objects.precision import f1_by_score, match
from podium_ml.targets import Corrections, Doubts, Fitting, Target


def object_task(problem: Problem) -> ObjectTask:
    """Return what objects add to the problem."""
    assert problem.objects is not None
    return problem.objects


class FoundObjects(Target):
    """Objects of pictures, encoded as ``podium_ml.objects.encoding`` says, float32, shape ``(n, M, ...)``.

    Raw predictions are float32 grids, shape ``(n, G, G, channels)``; see ``podium_ml.objects.grid``.
    """

    name = "found_objects"
    tasks = frozenset({"detection", "segmentation"})
    output = "values"

    def encode(self, values: pd.Series, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        task = object_task(problem)
        return encode(values.tolist(), most=task.most, masks=task.masks)

    def decode(self, decisions: np.ndarray, problem: Problem) -> np.ndarray:
        """Return how many objects of each class there are, as text; of grids, those that are shown."""
        number, texts = len(problem.classes), np.empty(len(decisions), dtype=object)
        if decisions.ndim == 4:
            codes = [decode(one, n_classes=number, lowest=SHOWN_FROM).classes for one in decisions]
        else:
            codes = [known_of(row).classes for row in decisions]
        texts[:] = [_counts(one, problem) for one in codes]
        return texts

    def ordering(self, y: np.ndarray) -> np.ndarray:
        """Return the number of objects."""
        return (~np.isnan(y[:, :, 0])).sum(axis=1)

    def outputs(self, problem: Problem) -> tuple[str, ...]:
        """See ``Target``."""
        return ("",)

    def zeros(self, rows: int, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        task = object_task(problem)
        depth = channels(len(problem.classes), masks=task.masks)
        return np.zeros((rows, task.grid, task.grid, depth), dtype=np.float32)

    def teaches(self, y: np.ndarray) -> bool:
        """See ``Target``."""
        return bool((~np.isnan(y[:, :, 0])).any())

    def fit(self, work: Fitting) -> Any:
        """See ``Target``."""
        return work.run()

    def predict(self, estimator: Any, encoded: Any, *, n_outputs: int) -> np.ndarray:
        """See ``Target``."""
        return np.asarray(estimator.predict(encoded), dtype=np.float32)

    def fallback(self, y: np.ndarray, *, n_outputs: int) -> float:
        """See ``Target``: without a prediction there is no object."""
        return 0.0

    def decide(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """Return the grids themselves: only the problem tells what their channels are."""
        return raw

    def main_output(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """See ``Target``."""
        return np.zeros(len(raw), dtype=np.int64)

    def choose_sharpness(
        self, raw: np.ndarray, targets: Targets, *, folds: Folds
    ) -> tuple[float, np.ndarray]:
        """See ``Target``: scores stay as they are."""
        return 1.0, raw

    def correct(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Choose the score from which an object is shown: the one with the best F1 out of fold."""
        scores, f1 = f1_by_score(match(targets.y, raw))
        threshold = float(np.clip(scores[f1.argmax()], 0.02, 0.9)) if len(scores) else 0.5
        score = metric.score(targets.y, raw, targets.weight, threshold=threshold)
        return Corrections(score, threshold=threshold)

    @property
    def stacks(self) -> bool:
        """See ``Target``: boxes are fused."""
        return False

    def fusion(self, predictions: Sequence[np.ndarray], *, n_outputs: int) -> BoxFusion:
        """See ``Target``."""
        return BoxFusion(predictions, n_classes=n_outputs)

    @property
    def guess(self) -> str:
        """See ``Target``."""
        return "showing the mean box"

    @property
    def baseline_is(self) -> str:
        """See ``Target``."""
        return "The baseline shows the mean box of each class in every picture."

    @property
    def guess_note(self) -> str:
        """See ``Target``."""
        return "score of the mean box, without looking at the picture"

    @property
    def work(self) -> str:
        """See ``Target``."""
        return "Finding"

    def question(self, problem: Problem, *, shorten: Callable[[object], str] = str) -> str:
        """See ``Target``."""
        names = ", ".join(shorten(one) for one in problem.classes[:8])
        more = f" and {len(problem.classes) - 8} more classes" if len(problem.classes) > 8 else ""
        return f"Where in a picture are objects of {names}{more}?"

    def decision_note(self, threshold: Threshold, problem: Problem) -> str:
        """See ``Target``."""
        return (
            f"It shows objects with a score of at least {threshold:.2f}."
            if isinstance(threshold, float)
            else ""
        )

    def constants(self, y: np.ndarray, problem: Problem) -> list[np.ndarray]:
        """See ``Target``: no object at all."""
        return [self.zeros(1, problem)[0]]

    def reordered(self, raw: np.ndarray, order: Sequence[int]) -> np.ndarray:
        """See ``Target``: channels of classes come first, those of edges and masks stay behind them."""
        return raw[..., [*order, *range(len(order), raw.shape[-1])]]

    def meta_features(self, predictions: list[np.ndarray]) -> np.ndarray:
        """See ``Target``."""
        raise NotImplementedError("Objects are not stacked.")

    def make_meta(self, *, n_outputs: int, problem: Problem | None = None) -> Any:
        """See ``Target``."""
        raise NotImplementedError("Objects are not stacked.")

    def doubts(
        self, y: np.ndarray, raw: np.ndarray, problem: Problem, *, names: Sequence[str] = ()
    ) -> Doubts | None:
        """See ``Target``."""
        return doubtful_pictures(y, raw, [str(one) for one in problem.classes])

    def charts(
        self,
        problem: Problem,
        y: np.ndarray,
        raw: np.ndarray,
        *,
        threshold: Threshold,
        weight: np.ndarray | None = None,
    ) -> dict[str, Any]:
        """See ``Target``."""
        return object_charts(y, raw, [str(one) for one in problem.classes])


def _counts(classes: np.ndarray, problem: Problem) -> str:
    codes, counts = np.unique(classes, return_counts=True)
    return ", ".join(f"{count} {problem.classes[code]}" for code, count in zip(codes, counts, strict=True))


SPEC = FoundObjects()
