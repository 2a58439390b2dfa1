"""What a user can ask of a forecast."""

from typing import Literal, Self

from pydantic import model_validator

from podium_ml.settings._slice import setting, split_names
from podium_ml.settings.shared import ProblemSettings, Settings


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
    frequency: str = setting(
        "Problem",
        "",
        description="Frequency of the times, like D, B, W, M, Q, Y, h or 15min; empty finds it.",
    )
    season: int = setting("Problem", 0, ge=0, description="Steps of a season; 0 takes that of the frequency.")
    aggregate: Literal["", "sum", "mean", "min", "max"] = setting(
        "Data", "", description="How to combine rows of one series and time; empty refuses them."
    )
    windows: int = setting(
        "Evaluation",
        0,
        ge=0,
        le=50,
        description="Horizons that models are compared on; 0 fits the histories.",
    )
    test_windows: int = setting(
        "Evaluation", 1, ge=0, le=50, description="Last horizons set aside for the test."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        columns = [self.target, self.time_column, *self.series_columns, *self.known_columns]
        named = [name for name in columns if name]
        if len(named) != len(set(named)):
            raise ValueError("target, time_column, series_column and known must be different columns")
        return self

    @property
    def series_columns(self) -> tuple[str, ...]:
        """Names in ``series_column``."""
        return split_names(self.series_column)

    @property
    def known_columns(self) -> tuple[str, ...]:
        """Names in ``known``."""
        return split_names(self.known)


class ForecastingSettings(ForecastingProblem, Settings):
    """Everything that a forecasting run can be asked to do."""
