"""What is wrong with settings once the columns are known."""

from collections.abc import Sequence

from podium_ml.errors import SettingsError
from podium_ml.forecasting.holidays import holiday_mistakes
from podium_ml.forecasting.validation.wide_table import wide_table_advice
from podium_ml.settings import ForecastingProblem


def check_columns(columns: Sequence[str], settings: ForecastingProblem) -> None:
    """Refuse settings that name columns that do not exist, and settings that are missing.

    Args:
        columns: The columns of the data.
        settings: What the user asked for.

    Raises:
        SettingsError: One line for each mistake.
    """
    mistakes = []
    if not settings.time_column:
        mistakes.append("time_column: name the column of times.")
    if settings.horizon < 1:
        mistakes.append("horizon: say how many steps to forecast, e.g. --horizon 12.")
    asked: dict[str, tuple[str, ...]] = {"target": (settings.target,), "time_column": (settings.time_column,)}
    asked |= {"weight_column": (settings.weight_column,)}
    asked |= {"series_column": settings.series_columns, "known": settings.known_columns}
    mistakes += [
        f"{name}: there is no column '{column}'."
        for name, named in asked.items()
        for column in named
        if column and column not in columns
    ]
    if advice := wide_table_advice(columns, settings):
        raise SettingsError("\n".join(mistakes), advice)
    if settings.holidays:
        mistakes += holiday_mistakes(settings.holiday_names, columns)
    if mistakes:
        raise SettingsError(
            "\n".join(mistakes), f"Columns: {', '.join(columns)}.{_turning(columns, settings)}"
        )


def _turning(columns: Sequence[str], settings: ForecastingProblem) -> str:
    """Say how to turn a table whose columns could be series; empty if the target is one of them."""
    name, target = settings.time_column, settings.target
    if target in columns or name not in columns or settings.series_columns or len(columns) < 3:
        return ""
    return (
        f" If each of them is a series, turn the table first, in pandas: table.melt(id_vars=['{name}'], "
        f"var_name='series', value_name='{target}'), and give --series-column series."
    )
