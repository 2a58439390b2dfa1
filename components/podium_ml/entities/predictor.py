"""The predictor that the user gets: model and preprocessing in one object and one file."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem, TextTask
from podium_ml.entities.features import TextFeaturizer
from podium_ml.entities.tag_space import decode, spans_of
from podium_ml.entities.texts.parts import part_bounds
from podium_ml.entities.texts.tokens import Level, tokenize
from podium_ml.errors import DataError, SettingsError
from podium_ml.kinds.saved_predictor import SavedPredictor

_ROWS = 2_000

Found = dict[str, Any]
"""A span: ``start``, ``end``, ``label``, ``score`` and ``text``; offsets count code points of the text as given."""


class EntityFinder(SavedPredictor):
    """Finds spans in texts.

    Args:
        problem: The problem that the model was trained on.
        featurizer: Turns rows into features.
        model: Predicts from features.
        name: Name of the model, as on the leaderboard.
        calibrator: Says how readily spans are found, or ``None``.
        threshold: Ignored.
        sample: Some training rows.
        requirements: Packages that the pickled model needs.
    """

    featurizer: TextFeaturizer

    def __repr__(self) -> str:
        return f"EntityFinder({self.name!r}, types={list(self.problem.classes)!r})"

    @property
    def task(self) -> TextTask:
        """How texts are split."""
        assert self.problem.texts is not None
        return self.problem.texts

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """Columns of rows to predict."""
        return (self.featurizer.column,)

    def predict(self, rows: Any) -> np.ndarray:
        """Return the spans of each text, in order: a list of ``Found`` a text, as an array of objects, shape ``(n,)``.

        Args:
            rows: A table with the column of texts, or the texts.

        Raises:
            DataError: There is no column of texts.
        """
        texts = self._texts(rows)
        found = np.empty(len(texts), dtype=object)
        for start in range(0, len(texts), _ROWS):
            found[start : start + _ROWS] = self._find(texts[start : start + _ROWS])
        return found

    def prediction_table(self, rows: Any, *, proba: bool = False) -> pd.DataFrame:
        """Return the columns ``text`` and ``spans``."""
        texts = self._texts(rows)
        return pd.DataFrame(
            {"text": pd.Series(texts, dtype=object), "spans": pd.Series(self.predict(texts), dtype=object)}
        )

    def labelled_rows(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return texts with spans as the model learned them: in parts, with spans by tokens.

        Raises:
            DataError: A span cannot be read.
        """
        from podium_ml.entities.validation.texts import cut_texts, read_texts

        level: Level = self.task.level  # type: ignore[assignment]
        texts = read_texts(rows, self.problem.target)
        return cut_texts(texts, level, target=self.problem.target, most=self.task.longest).table

    def predict_raw(self, rows: pd.DataFrame) -> np.ndarray:
        """Return probabilities of tags of rows that are short enough to be read at once, shape ``(n, T, K)``."""
        return self.predict_features(self.featurizer.transform(self.check_schema(rows)))

    def predict_for(self, rows: pd.DataFrame, problem: Problem) -> np.ndarray:
        """Return the same for the rows of another problem, with its number of tokens.

        Raises:
            DataError: The other problem splits texts into other tokens.
        """
        assert problem.texts is not None
        if problem.texts.level != self.task.level:
            raise DataError("The models split texts into different tokens.")
        raw = self.predict_raw(rows)
        fitting = np.zeros((len(raw), problem.texts.longest, raw.shape[2]), dtype=raw.dtype)
        width = min(problem.texts.longest, raw.shape[1])
        fitting[:, :width] = raw[:, :width]
        return fitting

    def predict_features(self, X: pd.DataFrame) -> np.ndarray:
        """Return the same for features."""
        raw = np.asarray(self.model.predict_raw(X))
        return raw if self.calibrator is None else self.calibrator.calibrate(raw)

    def check_schema(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the column of texts.

        Raises:
            DataError: It is missing.
        """
        if self.featurizer.column not in rows:
            raise DataError(
                f"There is no column '{self.featurizer.column}'; the columns are "
                f"{', '.join(map(str, rows.columns[:10]))}.",
                f'Provide texts as {{"{self.featurizer.column}": "..."}}.',
            )
        return rows[[self.featurizer.column]]

    def explain(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Spans have no contributions of columns.

        Raises:
            SettingsError: Always.
        """
        raise SettingsError(
            "Spans have no contributions of columns.", "The report shows the worst errors in full."
        )

    def _texts(self, rows: Any) -> list[str]:
        if isinstance(rows, str):
            return [rows]
        if isinstance(rows, pd.DataFrame):
            rows = self.check_schema(rows)[self.featurizer.column]
            return [_text(one) for one in rows]
        return [_text(one) for one in rows]

    def _find(self, texts: Sequence[str]) -> list[list[Found]]:
        """Cut texts into parts, tag them, and return the spans at their places in the whole texts."""
        level: Level = self.task.level  # type: ignore[assignment]
        places, parts = [], []
        for row, text in enumerate(texts):
            tokens = tokenize(text, level)
            for first, end in part_bounds(text, tokens, most=self.task.longest):
                if first < end:
                    begins, ends = tokens[first][0], tokens[end - 1][1]
                    parts.append(text[begins:ends])
                    places.append((row, [(a - begins, b - begins) for a, b in tokens[first:end]], begins))
        found: list[list[Found]] = [[] for _ in texts]
        if not parts:
            return found
        raw = self.predict_features(pd.DataFrame({self.featurizer.schema.features[0].name: parts}))
        tags = decode(raw)
        for at, first, end, kind in spans_of(tags).tolist():
            row, tokens, begins = places[at]
            if first >= len(tokens):
                continue
            start, stop = begins + tokens[first][0], begins + tokens[min(end, len(tokens)) - 1][1]
            score = float(raw[at, np.arange(first, end), tags[at, first:end]].mean())
            found[row].append(
                {
                    "start": start,
                    "end": stop,
                    "label": str(self.problem.classes[kind]),
                    "score": round(score, 4),
                    "text": texts[row][start:stop],
                }
            )
        return found


def _text(value: Any) -> str:
    return (
        "" if value is None or value is pd.NA or (isinstance(value, float) and value != value) else str(value)
    )
