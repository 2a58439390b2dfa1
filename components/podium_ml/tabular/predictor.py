"""The predictor that the user gets: model and preprocessing in one object and one file."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.kinds.saved_predictor import SavedPredictor
from podium_ml.media.names import FILE
from podium_ml.models.few_rows import one_thread_for_few
from podium_ml.models.used_columns import used_columns
from podium_ml.tabular.features import Columns, FeatureRows, Featurizer
from podium_ml.tabular.prediction_rows import as_frame, check_columns, check_readings, may_be_misread
from podium_ml.targets import target_of
from podium_ml.values.labels import label_array


class Predictor(SavedPredictor):
    """Predicts from rows in the user's own columns.

    Columns may come in any order; extra ones, and those that the model does not use, are ignored. Unseen categories and
    missing values are allowed.

    Args:
        problem: The problem that the model was trained on.
        featurizer: Turns the user's columns into features.
        model: Predicts from features.
        name: Name of the model, as on the leaderboard.
        calibrator: Corrects probabilities, or ``None``.
        threshold: Minimum probability to predict the positive class, or one per label for sets of labels; ``None`` for
            the default rule.
        sample: Up to 100 training rows, as background for explanations.
        requirements: Packages that the pickled model needs, in the format of pip.

    Attributes:
        classes_: Class labels in the order of ``predict_proba``'s columns; empty for regression.
    """

    def __repr__(self) -> str:
        return f"Predictor({self.name!r}, task={self.problem.task!r}, target={self.problem.target!r})"

    @property
    def classes_(self) -> np.ndarray:
        """Class labels in code order."""
        return label_array(self.problem.classes)

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """The columns that the model reads; rows without the others can be predicted."""
        read = self._reader.columns
        return tuple(column.name for column in self.problem.features if column.name in read)

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        """Return labels in the target's own type, or values; shape ``(n,)``, in the order of the rows.

        Args:
            rows: Rows with the columns that the model was trained on, in any form that ``as_frame`` takes.

        Raises:
            SchemaError: A required column is missing, or none of its values has the expected type.
        """
        target = target_of(self.problem)
        return target.decode(target.decide(self.predict_raw(rows), self.threshold), self.problem)

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return class probabilities, shape ``(n, K)``, with columns as in ``classes_``.

        Raises:
            AttributeError: The problem is a regression.
            SchemaError: As for ``predict``.
        """
        if target_of(self.problem).output != "probabilities":
            raise AttributeError("A regression model has no predict_proba.")
        return self.predict_raw(rows)

    def predict_raw(self, rows: pd.DataFrame) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)``. Raises like ``predict``."""
        columns = self._columns(rows)
        if not columns.rows:
            return target_of(self.problem).zeros(0, self.problem)
        return self.predict_features(self._features(columns))

    def row_names(self, rows: pd.DataFrame) -> pd.Series | None:
        """Return the names of the files that the rows were read from, if they are pictures of a folder."""
        has_pictures = any(column.role == "image" for column in self.problem.features)
        return rows[FILE] if has_pictures and isinstance(rows, pd.DataFrame) and FILE in rows else None

    def predict_features(self, X: pd.DataFrame | FeatureRows) -> np.ndarray:
        """Return the same as ``predict_raw`` for rows of features, shape ``(n, d)``."""
        with one_thread_for_few(len(X)):
            raw = self.model.predict_raw(FeatureRows.of(X))
        return raw if self.calibrator is None else self.calibrator.calibrate(raw)

    def explain(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the contribution of each column to the prediction of each row; see ``contributions``."""
        from podium_ml.explanation.row_contributions import contributions

        return contributions(self, as_frame(rows, self.problem))

    def check_schema(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the columns that the model needs, in the model's order.

        Missing optional columns are left out, and values of the wrong type are treated as missing, each with a warning.

        Raises:
            SchemaError: A required column is missing, or no value of a column of numbers or dates has the right type.
        """
        columns = self._columns(rows)
        present = [column for column in self.problem.features if column.name in columns]
        if any(may_be_misread(columns[column.name], column) for column in present):
            self._features(columns)
        return columns.table([column.name for column in present])

    def _columns(self, rows: pd.DataFrame) -> Columns:
        columns = Columns(as_frame(rows, self.problem))
        check_columns(columns, self.problem, self._reader.columns)
        return columns

    def _features(self, columns: Columns) -> FeatureRows:
        reader = self._reader
        X = reader.rows(columns)
        check_readings(columns, X, reader.schema, self.problem)
        return X

    @property
    def _reader(self) -> Featurizer:
        """Makes only the features that the model uses."""
        known = self.__dict__.get("_read_for")
        if known is None or known[0] is not self.model or known[1] is not self.featurizer:
            used = used_columns(self.model)
            part = self.featurizer if used is None else self.featurizer.of_columns(used)
            known = self.model, self.featurizer, part
            self.__dict__["_read_for"] = known
        return known[2]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_read_for"}
