"""What a user can ask of a forecast."""

import math
from typing import TYPE_CHECKING, Literal, Self

from pydantic import field_validator, model_validator

from podium_ml.settings._slice import setting, split_names
from podium_ml.settings.shared import PlanSettings, ProblemSettings, Settings, without_password

if TYPE_CHECKING:
    from podium_ml.contracts import Problem

# A pod of its own, which must read all rows, is worth it for so many series and seconds.
_SERIES_OF_SHARD, _SECONDS_OF_SHARD = 25_000, 120.0


class ForecastingProblem(ProblemSettings):
    """What a forecasting problem depends on."""

    target: str = setting("Problem", "", description="Column to forecast.")
    task: Literal["auto", "forecasting"] = setting(
        "Problem", "auto", description="Kind of problem: forecasting."
    )
    time_column: str = setting(
        "Problem", "", description="Column of times: dates, times, years, quarters or weeks."
    )
    series_column: str = setting(
        "Problem", "", description="Columns that tell series apart, separated by commas.", names=True
    )
    horizon: int = setting("Problem", 0, ge=0, description="Number of steps to forecast.")
    known: str = setting(
        "Problem", "", description="Columns whose future values are known, separated by commas.", names=True
    )
    future: str = setting(
        "Problem",
        "",
        description="Plan: rows of the future with the known columns; kept with the model. A file or URL.",
    )
    holidays: str = setting(
        "Problem",
        "",
        description="Countries like DE,FR or US-CA, a column of countries, or a file of own events with their dates.",
        names=True,
    )
    weight_column: str = setting(
        "Problem", "", description="Column of weights of series or rows in the scores."
    )
    gap: int = setting(
        "Problem", 0, ge=0, description="Steps between the last known value and the first one to forecast."
    )
    quantiles: str = setting(
        "Problem",
        "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9",
        description="Levels of the quantiles that forecasts show, separated by commas.",
        names=True,
    )
    frequency: str = setting(
        "Problem",
        "",
        description="Frequency of the times, like D, B, W, M, Q, Y, h or 15min; empty finds it.",
    )
    hierarchy: str = setting(
        "Problem",
        "",
        description="Columns of series from the largest unit on, like country,city: forecasts of their sums add up.",
        names=True,
    )
    season: int = setting("Problem", 0, ge=0, description="Steps of a season; 0 takes that of the frequency.")
    pretrained: str = setting(
        "Models",
        "",
        description="Chronos-Bolt or Chronos-2: package:NAME, a folder, an s3 URL or hub:OWNER/NAME; empty for none.",
    )
    aggregate: Literal["", "sum", "mean", "min", "max"] = setting(
        "Data", "", description="How to combine rows of one series and time; empty refuses them."
    )
    fill: Literal["", "zero", "previous"] = setting(
        "Data",
        "",
        description="What times without a row mean: zero, or previous (as before); empty: unknown.",
    )
    windows: int = setting(
        "Evaluation",
        0,
        ge=0,
        le=50,
        description="Horizons that models are compared on; 0 fits the histories.",
    )
    window_step: int = setting(
        "Evaluation",
        0,
        ge=0,
        description="Steps from one of these horizons to the next, at least a horizon; 0 for the horizon.",
    )
    test_windows: int = setting(
        "Evaluation", 1, ge=0, le=50, description="Last horizons set aside for the test."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        columns = [
            self.target,
            self.time_column,
            self.weight_column,
            *self.series_columns,
            *self.known_columns,
        ]
        named = [name for name in columns if name]
        if len(named) != len(set(named)):
            raise ValueError(
                "target, time_column, weight_column, series_column and known must be different columns"
            )
        if strange := [name for name in self.hierarchy_columns if name not in self.series_columns]:
            raise ValueError(f"hierarchy: '{strange[0]}' is not one of the columns of series_column")
        if 0 < self.window_step < self.horizon:
            raise ValueError(f"window_step must be at least the horizon, {self.horizon}")
        return self

    @field_validator("future")
    @classmethod
    def _no_password(cls, value: str) -> str:
        return without_password(value)

    @field_validator("examples")
    @classmethod
    def _history(cls, value: bool) -> bool:
        if not value:
            raise ValueError("a forecaster holds the history of its series, so there is none without rows")
        return value

    @field_validator("quantiles")
    @classmethod
    def _levels(cls, value: str) -> str:
        for one in split_names(value):
            try:
                is_level = 0 < float(one) < 1
            except ValueError:
                is_level = False
            if not is_level:
                raise ValueError(f"'{one}' is not between 0 and 1, such as 0.1,0.5,0.9")
        return value

    @property
    def levels(self) -> tuple[float, ...]:
        """Numbers in ``quantiles``, in order."""
        return tuple(sorted({float(one) for one in split_names(self.quantiles)}))

    @property
    def holiday_names(self) -> tuple[str, ...]:
        """Names in ``holidays``."""
        return split_names(self.holidays)

    @property
    def series_columns(self) -> tuple[str, ...]:
        """Names in ``series_column``."""
        return split_names(self.series_column)

    @property
    def weights(self) -> dict[str, str]:
        """See ``ProblemSettings``."""
        return super().weights | ({"pretrained": self.pretrained} if self.pretrained else {})

    @property
    def further_files(self) -> dict[str, tuple[str, ...]]:
        """See ``ProblemSettings``."""
        return {"future": tuple(filter(None, [self.future])), "holidays": self.holiday_names}

    @property
    def hierarchy_columns(self) -> tuple[str, ...]:
        """Names in ``hierarchy``."""
        return split_names(self.hierarchy)

    @property
    def known_columns(self) -> tuple[str, ...]:
        """Names in ``known``."""
        return split_names(self.known)


class ForecastingPlan(PlanSettings):
    """What the plan of a forecasting run depends on."""

    shards: int = setting(
        "Cluster",
        0,
        ge=0,
        le=100,
        description="Branches that share the series of a model of single series; 0 for one in 25,000, if it is slow.",
    )

    def shards_for(self, problem: "Problem", *, seconds: float) -> int:
        """See ``PlanSettings``."""
        count = len(problem.series.labels) if problem.series else 1
        usual = min(math.ceil(count / _SERIES_OF_SHARD), math.ceil(seconds / _SECONDS_OF_SHARD))
        return max(1, min(count, self.shards or usual))


class ForecastingSettings(ForecastingProblem, ForecastingPlan, Settings):
    """Everything that a forecasting run can be asked to do."""
