"""Spans of texts, as tags of their tokens."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem, TextTask
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.entities.charts import span_charts, wrong_shares
from podium_ml.entities.doubts import doubtful_texts, unsure_texts
from podium_ml.entities.outside_factor import choose_factor
from podium_ml.entities.tag_space import decode, encode_spans, n_tags, token_spans
from podium_ml.entities.texts.spans import TokenSpans
from podium_ml.metrics import Metric, Threshold
from podium_ml.targets import Corrections, Doubts, Fitting, Target


def text_task(problem: Problem) -> TextTask:
    """Return what entities add to the problem."""
    assert problem.texts is not None
    return problem.texts


class Spans(Target):
    """Spans that do not overlap.

    Encoded as tags, int16, shape ``(n, T)``; see ``tag_space``. Raw predictions are the probabilities of the tags of
    each token, float32, shape ``(n, T, K)``, 0 where there is no token.
    """

    name = "spans"
    tasks = frozenset({"entities"})
    output = "values"

    def encode(self, values: pd.Series, problem: Problem) -> np.ndarray:
        """See ``Target``; the column holds what ``TokenSpans.to_json`` wrote."""
        rows = [TokenSpans.from_json(str(value)) for value in values]
        return encode_spans(rows, [str(one) for one in problem.classes], longest=text_task(problem).longest)

    def decode(self, decisions: np.ndarray, problem: Problem) -> np.ndarray:
        """Return spans by tokens, as the column holds them."""
        rows = token_spans(decisions, [str(one) for one in problem.classes])
        return np.array([one.to_json() for one in rows], dtype=object)

    def teaches(self, y: np.ndarray) -> bool:
        """See ``Target``."""
        return bool((y > 0).any())

    def ordering(self, y: np.ndarray) -> np.ndarray:
        """Return the number of tokens in spans."""
        return (y > 0).sum(axis=1)

    def outputs(self, problem: Problem) -> tuple[str, ...]:
        """See ``Target``."""
        return ("",)

    def zeros(self, rows: int, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        return np.zeros((rows, text_task(problem).longest, n_tags(len(problem.classes))), dtype=np.float32)

    def fit(self, work: Fitting) -> Any:
        """See ``Target``."""
        return work.run()

    def predict(self, estimator: Any, encoded: Any, *, n_outputs: int) -> np.ndarray:
        """See ``Target``."""
        return np.asarray(estimator.predict(encoded), dtype=np.float32)

    def fallback(self, y: np.ndarray, *, n_outputs: int) -> float:
        """See ``Target``: without a prediction there is no span."""
        return 0.0

    def decide(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """Return the most probable legal tags."""
        return np.where(raw.sum(axis=2) > 0, decode(raw), -1)

    def correct(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """See ``Target``; ``adjust`` does all there is."""
        return self.adjust(raw, targets, problem=problem, metric=metric, folds=folds)

    def adjust(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Choose how readily spans are found, if that helps."""
        factor, score = choose_factor(raw, targets, metric=metric, folds=folds)
        return Corrections(score, factor, threshold=factor.factor if factor else None)

    def main_output(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """See ``Target``."""
        return np.zeros(len(raw), dtype=np.int64)

    def decision_note(self, threshold: Threshold, problem: Problem) -> str:
        """See ``Target``."""
        if not isinstance(threshold, float):
            return ""
        return f"It finds a span also where no span is up to {1 / threshold:.3g} times as likely."

    @property
    def guess(self) -> str:
        """See ``Target``."""
        return "looking up what was a span in training"

    @property
    def baseline_is(self) -> str:
        """See ``Target``."""
        return "The baseline looks up the tokens that are usually part of spans in the training texts."

    @property
    def guess_note(self) -> str:
        """See ``Target``."""
        return "score of looking up the tokens that are usually part of spans"

    @property
    def work(self) -> str:
        """See ``Target``."""
        return "Finding"

    def question(self, problem: Problem, *, shorten: Any = str) -> str:
        """See ``Target``."""
        names = ", ".join(shorten(one) for one in problem.classes[:8])
        more = f" and {len(problem.classes) - 8} more types" if len(problem.classes) > 8 else ""
        return f"Where in a text are spans of the types {names}{more}?"

    @property
    def stacks(self) -> bool:
        """See ``Target``: probabilities of tags are averaged."""
        return False

    @property
    def naive_baseline(self) -> bool:
        """See ``Target``: looking up differs from text to text."""
        return True

    def likelihoods(self, metric: Metric, raw: np.ndarray, y: np.ndarray) -> np.ndarray | None:
        """Return the probabilities of the true tags of all tokens, shape ``(m, t)``; weights maximize their logarithms.

        Decoding each mixture would take too long, and F1 has steps.
        """
        text, token = np.nonzero((y >= 0) & (y < raw.shape[-1]))
        return raw[:, text, token, y[text, token]]

    def constants(self, y: np.ndarray, problem: Problem) -> list[np.ndarray]:
        """See ``Target``: no span at all."""
        none = np.zeros((text_task(problem).longest, n_tags(len(problem.classes))), dtype=np.float32)
        none[:, 0] = 1.0
        return [none]

    def reordered(self, raw: np.ndarray, order: Sequence[int]) -> np.ndarray:
        """See ``Target``: the tags follow their types, the one of no span stays first."""
        return raw[:, :, [0, *(tag for code in order for tag in (2 * code + 1, 2 * code + 2))]]

    def row_errors(self, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
        """Return the share of tokens with a wrong tag."""
        return wrong_shares(y, raw)

    def text(self, value: Any) -> str:
        """Return spans as JSON."""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def unsure(self, raw: np.ndarray) -> np.ndarray | None:
        """See ``Target``."""
        return unsure_texts(raw)

    def doubts(
        self, y: np.ndarray, raw: np.ndarray, problem: Problem, *, names: Sequence[str] = ()
    ) -> Doubts | None:
        """See ``Target``; the names of texts are the texts."""
        return doubtful_texts(y, raw, problem, names)

    def choose_sharpness(self, raw: np.ndarray, targets: Targets, *, folds: Any) -> tuple[float, np.ndarray]:
        """See ``Target``: probabilities stay as they are."""
        return 1.0, raw

    def meta_features(self, predictions: list[np.ndarray]) -> np.ndarray:
        """See ``Target``."""
        raise NotImplementedError("Spans are not stacked.")

    def make_meta(self, *, n_outputs: int, problem: Problem | None = None) -> Any:
        """See ``Target``."""
        raise NotImplementedError("Spans are not stacked.")

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
        return span_charts(y, raw, [str(one) for one in problem.classes])


SPEC = Spans()
