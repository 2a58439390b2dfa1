"""Features of rows of series, and their encoding."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Feature, FeatureSchema, Problem, SeriesTask
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.holidays import Holidays
from podium_ml.forecasting.panel.calendars import calendar_from_dict
from podium_ml.values.numbers import read_numbers
from podium_ml.values.plain_text import plain_texts

# Sums of squares of such values still fit into single precision.
_LARGEST = 1e15


@dataclass
class SeriesFeaturizer:
    """Passes on the series, the step, the columns that are known in advance or static or in the past, and holidays.

    Attributes:
        schema: The features; the first two are the code of the series and the step.
        task: Tells the calendar and the holidays.
    """

    schema: FeatureSchema
    task: SeriesTask

    @classmethod
    def plan(cls, problem: Problem) -> "SeriesFeaturizer":
        """Return the featurizer of a problem."""
        assert problem.series is not None
        known = (*problem.series.known, *problem.series.static)
        columns = [one for one in problem.columns if one.name in known]
        source = (
            problem.series.series_columns[0] if problem.series.series_columns else problem.series.time_column
        )
        return cls(
            FeatureSchema(
                (
                    Feature(SERIES, "numeric", source, "the code of the series", key=True),
                    Feature(
                        STEP, "numeric", problem.series.time_column, "the step on the calendar", key=True
                    ),
                    *(
                        Feature(
                            one.name,
                            "numeric" if one.role == "numeric" else "categorical",
                            one.name,
                            one.reason,
                        )
                        for one in columns
                    ),
                    *(
                        Feature(one, "numeric", problem.series.time_column, "holidays of the time")
                        for one in _holidays(problem.series).titles
                        if problem.series.holidays
                    ),
                    # Forecasters know these by their place at the end.
                    *(Feature(name, "numeric", name, "values of the past") for name in problem.series.past),
                )
            ),
            problem.series,
        )

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        """See ``podium_ml.kinds.Featurizer``; numbers beyond 1e15 are clipped."""
        features: dict[str, Any] = {}
        events = self._of_holidays(table)
        for one in self.schema.features:
            if one.name in events:
                features[one.name] = events[one.name]
            elif one.name in self.task.past and one.source not in table:
                features[one.name] = np.full(len(table), np.nan)
            elif one.kind == "numeric":
                numbers = read_numbers(table[one.source if one.name not in (SERIES, STEP) else one.name])
                features[one.name] = np.clip(numbers, -_LARGEST, _LARGEST)
            else:
                codes, texts = plain_texts(table[one.source])
                features[one.name] = pd.Categorical(np.array([*texts, None], dtype=object)[codes])
        return pd.DataFrame(features).reset_index(drop=True)

    def _of_holidays(self, table: pd.DataFrame) -> dict[str, np.ndarray]:
        if not self.task.holidays:
            return {}
        found = _holidays(self.task)
        codes, steps = (table[name].to_numpy(dtype=np.int64) for name in (SERIES, STEP))
        calendar, stamps = calendar_from_dict(self.task.calendar), self.task.stamps
        zone = "" if stamps.get("is_local") else str(stamps.get("zone", ""))
        return dict(zip(found.titles, found.features(codes, steps, calendar, zone).T, strict=True))


def _holidays(task: SeriesTask) -> Holidays:
    return Holidays.from_dict(task.holidays) if task.holidays else Holidays()


class PanelEncoder:
    """Turns features into numbers: categories become codes, unknown and missing ones NaN."""

    def __init__(self, schema: FeatureSchema) -> None:
        self.schema = schema
        self._codes: dict[str, dict[str, int]] = {}

    def fit_transform(self, X: pd.DataFrame, y: np.ndarray, **related: Any) -> np.ndarray:
        """Learn the categories, and return the rows encoded, float64, shape ``(n, d)``."""
        for name in self.schema.of_kind("categorical"):
            values = pd.Categorical(X[name])
            # All texts of the table are counted, so that the shards of a table agree.
            places = {text: code for code, text in enumerate(sorted(map(str, values.categories)))}
            present = values.categories[np.unique(values.codes[values.codes >= 0])]
            self._codes[name] = {str(text): places[str(text)] for text in present}
        return self.transform(X)

    @classmethod
    def joined(cls, encoders: "Sequence[PanelEncoder]") -> "PanelEncoder":
        """Return an encoder that knows what any of several knows, which learned from parts of one table."""
        joined = cls(encoders[0].schema)
        for one in encoders:
            for name, codes in one._codes.items():
                joined._codes[name] = {**joined._codes.get(name, {}), **codes}
        return joined

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return other rows encoded."""
        columns = []
        for one in self.schema.features:
            if one.name in self._codes:
                columns.append(self._coded(X[one.name], self._codes[one.name]))
            else:
                columns.append(X[one.name].to_numpy(dtype=np.float64))
        return np.column_stack(columns)

    def _coded(self, column: pd.Series, known: dict[str, int]) -> np.ndarray:
        values = pd.Categorical(column)
        codes = np.array(
            [*(known.get(str(one), np.nan) for one in values.categories), np.nan], dtype=np.float64
        )
        return codes[values.codes]
