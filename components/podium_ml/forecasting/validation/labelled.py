"""The rows that have a value of the target, and those that have none."""

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.settings import ForecastingProblem
from podium_ml.values.numbers import target_numbers

# Single precision, in which many values are kept, overflows at 3.4e38.
LARGEST = 1e30


def labelled_rows(table: pd.DataFrame, settings: ForecastingProblem) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that have a value of the target, as numbers, and the others.

    Args:
        table: All rows.
        settings: What the user asked for.

    Raises:
        DataError: A value is no finite number, or no row has any; the message names row, series and time.
    """
    column = table[settings.target]
    values = target_numbers(column)
    known = np.isfinite(values)
    wrong = ~known & ~_is_missing(column)
    if wrong.any():
        _refuse(
            table,
            wrong,
            settings,
            reason="which is not a finite number",
            others="and {count:,} more rows hold none either",
            advice="Correct the value, or leave it empty: missing values are allowed.",
        )
    if not known.any():
        raise DataError(f"Target '{settings.target}' is missing in all {len(table):,} rows.")
    if (huge := are_too_large(values)).any():
        _refuse(
            table,
            huge,
            settings,
            reason=f"which is too large to be forecast: more than {LARGEST:g}",
            others="like the values of {count:,} more rows",
            advice="Correct the value, leave it empty, or give the column in a larger unit.",
        )
    labelled = table if known.all() else table[known]
    labelled = labelled.assign(**{settings.target: values[known]}).reset_index(drop=True)
    return labelled, table[~known].reset_index(drop=True)


def are_too_large(values: np.ndarray) -> np.ndarray:
    """Return which values cannot be forecast, because sums of their squares are no numbers any more, shape ``(n,)``."""
    return np.abs(values) > LARGEST


def check_weights(table: pd.DataFrame, settings: ForecastingProblem) -> None:
    """Refuse weights that are no numbers of at least 0, or all 0.

    Raises:
        DataError: The message names the row.
    """
    if not settings.weight_column:
        return
    weights = target_numbers(table[settings.weight_column])
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        row = int(wrong.argmax())
        value = table[settings.weight_column].iloc[row]
        raise DataError(
            f"Weight column '{settings.weight_column}': row {row + 1} holds '{value}', which is not a weight.",
            "Every row with a value of the target needs a weight of at least 0.",
        )
    if not weights.any():
        raise DataError(
            f"Weight column '{settings.weight_column}' is 0 in every row.", "At least one must be positive."
        )


def _is_missing(column: pd.Series) -> np.ndarray:
    missing = column.isna().to_numpy(dtype=bool)
    if pd.api.types.is_string_dtype(column.dtype):
        missing = missing | (column.astype("string").str.strip() == "").fillna(False).to_numpy(dtype=bool)
    return missing


def _refuse(
    table: pd.DataFrame,
    wrong: np.ndarray,
    settings: ForecastingProblem,
    *,
    reason: str,
    others: str,
    advice: str,
) -> None:
    """Refuse values of the target: the message says what the first of them is, and where."""
    first, count = int(wrong.argmax()), int(wrong.sum())
    row = table.iloc[first]
    series = ", ".join(str(row[name]) for name in settings.series_columns)
    time = str(row[settings.time_column]).removesuffix(" 00:00:00")
    place = f"'{series}' at {time}" if series else f"at {time}"
    more = f", {others.format(count=count - 1)}" if count > 1 else ""
    raise DataError(
        f"Target '{settings.target}': row {first + 1} ({place}) holds '{row[settings.target]}', {reason}{more}.",
        advice,
    )
