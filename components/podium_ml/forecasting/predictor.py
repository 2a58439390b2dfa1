"""The forecaster that the user gets: model and preprocessing in one object and one file."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import SeriesTask
from podium_ml.errors import SettingsError
from podium_ml.forecasting.algorithms import ALGORITHMS
from podium_ml.forecasting.features import SeriesFeaturizer
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.prediction.backtest import Backtest, backtest
from podium_ml.forecasting.prediction.forecast import forecast
from podium_ml.forecasting.prediction.given_rows import read_given, task_of
from podium_ml.forecasting.prediction.knowledge import Knowledge, own_knowledge
from podium_ml.forecasting.prediction.levels import check_levels
from podium_ml.forecasting.prediction.newer_history import NewerHistory, read_newer, stamps
from podium_ml.forecasting.prediction.predict_rows import predict_after, predict_rows
from podium_ml.forecasting.prediction.table import keys
from podium_ml.kinds.saved_predictor import SavedPredictor


class Forecaster(SavedPredictor):
    """Forecasts series in the user's own columns.

    Args:
        problem: The problem that the model was trained on.
        featurizer: Turns rows into features.
        model: Predicts from features.
        name: Name of the model, as on the leaderboard.
        calibrator: Makes intervals as wide as they must be, or ``None``.
        threshold: Ignored.
        sample: Some training rows.
        requirements: Packages that the pickled model needs.
    """

    featurizer: SeriesFeaturizer

    def __repr__(self) -> str:
        return f"Forecaster({self.name!r}, target={self.problem.target!r}, horizon={self.task.horizon})"

    @property
    def task(self) -> SeriesTask:
        """What is forecast."""
        return task_of(self.problem)

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """Columns of rows to predict."""
        return (self.task.time_column, *self.task.series_columns, *self.task.known)

    def predict(
        self,
        history: Any = None,
        future: Any = None,
        horizon: int | None = None,
        quantiles: Sequence[float] | None = None,
        *,
        total: bool = False,
        whole: bool = False,
    ) -> pd.DataFrame:
        """Forecast the next values of every series.

        Args:
            history: Newer rows with the target, a table or a file, from which the forecasts go on; by default the
                model's own. Rows after the last value of their series are a plan, and tell the stamps to forecast.
            future: A plan: rows of the future with the columns that are known in advance, for every series and stamp.
                Several plans, by name or in a list, are forecast side by side.
            horizon: Number of steps; by default that of the training.
            quantiles: Levels of the quantiles, between 0 and 1; by default those of the training.
            total: Whether to add rows of all series together, with quantiles of their own.
            whole: Whether to round to whole numbers.

        Returns:
            The columns of series and time, ``forecast``, ``q<level>`` of each quantile, and ``note``. Columns of
            further plans end with ``_<name of the plan>``.

        Raises:
            DataError: The history is older than the model's, or columns that are known in advance are missing.
            SettingsError: The horizon or a level is wrong.
        """
        levels = check_levels(self.task.quantiles if quantiles is None else quantiles)
        return forecast(
            self._knowledge(history), future, horizon=horizon, levels=levels, total=total, whole=whole
        )

    def backtest(self, newer: Any, *, step: int | None = None) -> Backtest:
        """Forecast newer rows as if they were not known yet, from one origin after the other, and score the forecasts.

        Parameters stay; each forecast goes on from the values before its origin.

        Args:
            newer: Rows that go on after the model's own, with the target.
            step: Steps from one origin to the next; by default the horizon.

        Raises:
            DataError: The rows do not go on after the model's own.
            SettingsError: ``step`` is no positive number.
        """
        own = self._knowledge()
        rows = read_newer(newer, self.problem, own.past)
        return backtest(own, rows, levels=self.task.quantiles, step=step)

    def prediction_table(self, rows: Any, *, proba: bool = False) -> pd.DataFrame:
        """Return the column ``prediction`` of each row, and with ``proba`` its quantiles.

        Rows of the future are forecast. Rows that have a value of the target are history, and have no prediction.

        Raises:
            DataError: No row is after the history.
        """
        raw = predict_rows(rows, self._knowledge(), self.task.quantiles)
        names = ["prediction", *(f"q{level:g}" for level in self.task.quantiles)]
        return pd.DataFrame(raw, columns=names)[names if proba else names[:1]]

    def follow(self, rows: pd.DataFrame) -> "Forecaster":
        """Return a forecaster that keeps its parameters, and goes on from further rows.

        Args:
            rows: Rows with ``SERIES``, ``STEP``, the target, and the columns that the model reads.
        """
        newer = NewerHistory(rows, rows.head(0), self.task.labels)
        other = copy.copy(self)
        other.model = self._knowledge().with_history(newer).model
        return other

    def is_later(self, rows: pd.DataFrame) -> np.ndarray:
        """Return which rows are after all that the model knows, shape ``(n,)``."""
        given = read_given(_plain(rows), self.problem)
        return (given.table[STEP] > self._knowledge().newest).to_numpy()

    def predict_after(self, history: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
        """Return forecasts of rows by a model that knows a history and nothing later, shape ``(n, 1 + q)``.

        Args:
            history: Rows with the target, of another run; codes of series and steps are found anew.
            rows: Rows of the future with the columns that the model reads.
        """
        return predict_after(_plain(history), _plain(rows), self._knowledge())

    def track_record(self, rows: pd.DataFrame) -> tuple[str, dict[str, float]]:
        """Return the last time that the model knew, and the scores of what it had forecast since, with their number.

        Args:
            rows: Newer rows with the target, of another run; those beyond the horizon do not matter.

        Raises:
            DataError: No row is after all that the model knows.
        """
        plain, end = _plain(rows), self._knowledge().newest
        steps = read_given(plain, self.problem).table[STEP].to_numpy()
        found = self.backtest(plain[steps <= end + self.task.reach]).scores.to_dict("records")[-1]
        scores = {str(name): float(value) for name, value in found.items() if name != "origin"}
        return stamps(self.problem, np.array([end]))[0], scores

    def naive(self, history: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
        """Return seasonal naive forecasts of rows that come after a history, shape ``(n, 1 + q)``."""
        places = [part[[SERIES, STEP]].to_numpy(dtype=np.float64) for part in (history, rows)]
        model = ALGORITHMS["baseline"].build(self.problem, seed=0, n_jobs=1)
        model.fit(places[0], history[self.problem.target].to_numpy(dtype=np.float64))
        return np.asarray(model.predict(places[1]), dtype=np.float64)

    def predict_raw(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the point and the quantiles of each row, shape ``(n, 1 + q)``."""
        known = self.check_schema(rows)
        if all(name in known for name in (*self.task.known, *self.task.static)):
            return self.predict_features(self.featurizer.transform(known))
        return self.predict_features(self._knowledge().features(known))

    def predict_features(self, X: pd.DataFrame) -> np.ndarray:
        """Return the same for features, shape ``(n, d)``."""
        raw = self.model.predict_raw(X)
        return raw if self.calibrator is None else self.calibrator.calibrate(raw)

    def check_schema(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows with the code of their series and their step.

        Raises:
            DataError: A column is missing.
        """
        return rows if SERIES in rows and STEP in rows else read_given(rows, self.problem).table

    def example_rows(self, count: int) -> pd.DataFrame:
        """Return some rows of the future in the user's own columns; known columns have their last values."""
        own = self._knowledge()
        rows = pd.DataFrame({SERIES: [0] * count, STEP: own.ends[0] + 1 + self.task.gap + np.arange(count)})
        table = keys(rows, self.problem, own.labels)
        known = {name: rows[SERIES].map(own.last[name]).infer_objects() for name in self.task.known}
        return table.assign(**known, **{self.problem.target: np.nan})

    def explain(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Forecasts have no contributions of columns.

        Raises:
            SettingsError: Always.
        """
        raise SettingsError(
            "A forecast has no contributions of columns.", "The report shows what it follows."
        )

    def _knowledge(self, history: Any = None) -> Knowledge:
        """Return what the model knows, together with newer rows."""
        own = own_knowledge(self.problem, self.featurizer, self.model, calibrator=self.calibrator)
        return own if history is None else own.with_history(read_newer(history, self.problem, own.past))


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows without the codes of series and the steps of another model."""
    return rows.drop(columns=[SERIES, STEP], errors="ignore")
