"""The forecaster that the user gets: model and preprocessing in one object and one file."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from podium_ml.contracts import Problem, SeriesTask
from podium_ml.errors import DataError
from podium_ml.files import pickles
from podium_ml.forecasting.features import SeriesFeaturizer
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.panel.calendars import Calendar, calendar_from_dict
from podium_ml.forecasting.panel.panel import SeriesIds
from podium_ml.forecasting.panel.stamps import StampFormat
from podium_ml.targets import target_of

_KIND = "predictor"


class Forecaster:
    """Forecasts series in the user's own columns.

    Args:
        problem: The problem that the model was trained on.
        featurizer: Turns rows into features.
        model: Predicts from features.
        name: Name of the model, as on the leaderboard.
        calibrator: Ignored.
        threshold: Ignored.
        sample: Some training rows.
        requirements: Packages that the pickled model needs.
    """

    def __init__(
        self,
        problem: Problem,
        featurizer: SeriesFeaturizer,
        model: Any,
        *,
        name: str,
        calibrator: Any = None,
        threshold: Any = None,
        sample: pd.DataFrame | None = None,
        requirements: Iterable[str] = (),
    ) -> None:
        self.problem, self.featurizer, self.model, self.name = problem, featurizer, model, name
        self.calibrator, self.threshold = calibrator, threshold
        self.sample = sample if sample is not None else pd.DataFrame()
        self.requirements = list(requirements)

    def __repr__(self) -> str:
        return f"Forecaster({self.name!r}, target={self.problem.target!r}, horizon={self.task.horizon})"

    @property
    def task(self) -> SeriesTask:
        """What is forecast."""
        assert self.problem.series is not None
        return self.problem.series

    @property
    def calendar(self) -> Calendar:
        """The stamps that series can have."""
        return calendar_from_dict(self.task.calendar)

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """Columns of rows to predict."""
        return (self.task.time_column, *self.task.series_columns, *self.task.known, *self.task.static)

    def forecast(
        self,
        future: pd.DataFrame | None = None,
        *,
        horizon: int | None = None,
        quantiles: Sequence[float] = LEVELS,
    ) -> pd.DataFrame:
        """Return the next values of every series: its columns, the time, ``forecast``, ``q<level>`` and ``note``.

        Args:
            future: Rows of the future with the columns that are known in advance, for every series and stamp.
            horizon: Number of steps; by default that of the training.
            quantiles: Levels of the quantiles, between 0 and 1.

        Raises:
            DataError: Columns that are known in advance are missing, or end early.
        """
        steps = horizon or self.task.horizon
        rows = self._future_rows(steps)
        notes = np.full(len(rows), "", dtype=object)
        if steps > self.task.horizon:
            late = rows["ahead"].to_numpy() > self.task.horizon
            notes[late] = f"beyond the {self.task.horizon} steps that the model was chosen for"
        rows = self._with_known(rows, future)
        raw = self.predict_features(self.featurizer.transform(rows))
        table = self._labels(rows)
        table["forecast"] = raw[:, 0]
        for level, values in zip(quantiles, at_levels(raw, quantiles).T, strict=True):
            table[f"q{level:g}"] = values
        table["note"] = notes
        return table

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the point forecast of each row, shape ``(n,)``."""
        return target_of(self.problem).decode(self.predict_raw(rows), self.problem)

    def predict_raw(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the point and the quantiles of each row, shape ``(n, 1 + q)``."""
        return self.predict_features(self.featurizer.transform(self.check_schema(rows)))

    def predict_features(self, X: pd.DataFrame) -> np.ndarray:
        """Return the same for features, shape ``(n, d)``."""
        return self.model.predict_raw(X)

    def check_schema(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows with the code of their series and their step.

        Raises:
            DataError: A column is missing.
        """
        if SERIES in rows and STEP in rows:
            return rows
        if missing := [name for name in self.needed_columns if name not in rows]:
            raise DataError(f"The rows have no column {', '.join(repr(name) for name in missing)}.")
        moments = StampFormat.from_dict(self.task.stamps).read(rows[self.task.time_column])
        codes = SeriesIds(self.task.series_columns, self.task.labels).codes(rows)
        return rows.assign(**{SERIES: codes, STEP: self.calendar.steps(moments)})

    def explain(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Forecasts have no contributions of columns yet."""
        raise NotImplementedError

    def save(self, path: str | Path) -> int:
        """Write the forecaster to one file and return its size in bytes."""
        metadata = {
            "model": self.name,
            "task": self.problem.task,
            "target": self.problem.target,
            "columns": list(self.needed_columns),
            "requirements": self.requirements,
        }
        return pickles.dump(self, path, kind=_KIND, metadata=metadata)

    def _future_rows(self, horizon: int) -> pd.DataFrame:
        """Return a row for each series and step after its end."""
        ends = self._ends()
        codes = np.repeat(np.arange(len(ends)), horizon)
        ahead = np.tile(np.arange(1, horizon + 1), len(ends))
        return pd.DataFrame({SERIES: codes, STEP: ends[codes] + ahead, "ahead": ahead})

    def _ends(self) -> np.ndarray:
        """Return the last step of every series, shape ``(s,)``."""
        member = getattr(self.model, "members", (self.model,))[0]
        past = member.folds[0].estimator.past_
        return np.array([past[code].last for code in range(len(self.task.labels))])

    def _with_known(self, rows: pd.DataFrame, future: pd.DataFrame | None) -> pd.DataFrame:
        """Add the columns that are known in advance, and those that never change."""
        columns = (*self.task.known, *self.task.static)
        if not columns:
            return rows
        if future is None:
            if self.task.known:
                raise DataError(
                    f"The model needs the future values of {', '.join(repr(one) for one in self.task.known)}.",
                    "Give them with --future FILE: a row for each series and time.",
                )
            future = self.sample
        given = self.check_schema(future)
        merged = rows.merge(
            given.drop_duplicates([SERIES, STEP])[[SERIES, STEP, *columns]], on=[SERIES, STEP], how="left"
        )
        self._check_complete(merged)
        return merged

    def _check_complete(self, rows: pd.DataFrame) -> None:
        for name in self.task.known:
            missing = rows[name].isna().to_numpy()
            if missing.any():
                first = rows[missing].iloc[0]
                stamp = self._stamps(np.array([first[STEP]], dtype=np.int64))[0]
                series = ", ".join(self.task.labels[int(first[SERIES])])
                where = f"of series '{series}' " if series else ""
                raise DataError(
                    f"Column '{name}' has no value {where}at {stamp}, and {int(missing.sum()):,} of {len(rows):,} "
                    "future values are missing.",
                    "Give a row for each series and each of the times to forecast.",
                )

    def _stamps(self, steps: np.ndarray) -> list[str]:
        return StampFormat.from_dict(self.task.stamps).write(self.calendar.moments(steps))

    def _labels(self, rows: pd.DataFrame) -> pd.DataFrame:
        labels = [self.task.labels[code] for code in rows[SERIES]]
        table = {name: [label[at] for label in labels] for at, name in enumerate(self.task.series_columns)}
        return pd.DataFrame(
            {**table, self.task.time_column: self._stamps(rows[STEP].to_numpy(dtype=np.int64))}
        )


def at_levels(raw: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    """Return quantiles at other levels, shape ``(n, len(levels))``.

    Between the levels of the model they are interpolated; beyond, they go on as those of a normal distribution would.

    Args:
        raw: Points and quantiles, shape ``(n, 1 + q)``.
        levels: Levels between 0 and 1.
    """
    known, wanted = norm.ppf(LEVELS), norm.ppf(np.asarray(levels, dtype=np.float64))
    quantiles = raw[:, 1:]
    place = np.clip(np.searchsorted(known, wanted) - 1, 0, len(known) - 2)
    part = (wanted - known[place]) / (known[place + 1] - known[place])
    return quantiles[:, place] + part * (quantiles[:, place + 1] - quantiles[:, place])
