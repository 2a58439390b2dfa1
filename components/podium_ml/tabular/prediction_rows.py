"""Checks new rows against the columns that a model was trained on."""

import difflib
import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, Feature, FeatureSchema, Mark, Problem, Reading
from podium_ml.errors import DataError, SchemaError
from podium_ml.tabular.features import Columns, FeatureRows
from podium_ml.values.decimal_marks import other_mark

# Roles whose values can be misread, and what the column should hold.
_READ_AS = {
    **{"numeric": "numbers", "datetime": "dates", "time": "times", "boolean": "yes or no"},
    "list": "lists of as many numbers as in the training data",
}


def as_frame(rows: Any, problem: Problem) -> pd.DataFrame:
    """Return rows as a data frame.

    Args:
        rows: A data frame of any library; one row as a series or as a mapping of its values; a mapping of columns; a
            list of rows; or an array, whose columns are those of the training data in their order. For a model of
            pictures alone, also one picture or a list of them: paths, bytes, Pillow images or arrays.
        problem: The problem.

    Raises:
        SchemaError: The rows have none of these forms.
    """
    if isinstance(rows, pd.DataFrame):
        return rows
    if name := _only_picture(problem):
        from podium_ml.media.given import as_pictures

        if pictures := as_pictures(rows):
            return pd.DataFrame({name: pd.Series(pictures, dtype=object)})
    if isinstance(rows, pd.Series):
        rows = rows.to_dict()
    if isinstance(rows, Mapping) and _is_one_row(rows, problem):
        return pd.DataFrame([dict(rows)])
    from podium_ml.ingestion.in_memory import as_data_frame

    try:
        table = as_data_frame(rows, name="rows")
    except DataError as error:
        raise SchemaError(
            error.message, "Pass a data frame with the columns of the training data."
        ) from error
    are_numbered = table.columns.equals(pd.RangeIndex(table.shape[1]))
    return _named(table, problem) if are_numbered else table


def _only_picture(problem: Problem) -> str:
    """Return the name of the column of pictures if there is one, and no other column is needed; else nothing."""
    needed = [column for column in problem.features if column.required]
    return needed[0].name if len(needed) == 1 and needed[0].role == "image" else ""


def _is_one_row(rows: Mapping[Any, Any], problem: Problem) -> bool:
    """Whether a mapping holds single values; the value of a column of lists is a list, but not one of lists."""
    of_lists = {column.name for column in problem.features if column.role == "list"}
    return not any(
        _is_column(value) and (str(name) not in of_lists or any(map(_is_column, value)))
        for name, value in rows.items()
    )


def _named(table: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Name columns without names by their positions in the training data, with the target or without it."""
    names = [column.name for column in problem.columns]
    without = [name for name in names if name != problem.target]
    fitting = next((one for one in (without, names) if len(one) == table.shape[1]), None)
    if fitting is None and table.shape[1]:
        raise SchemaError(
            f"The rows have {table.shape[1]} columns without names, but the training data has {len(without)} without"
            " the target.",
            "Pass a data frame with the columns of the training data.",
        )
    return table.set_axis(fitting or [], axis=1)


def check_columns(columns: Columns, problem: Problem, needed: Collection[str]) -> None:
    """Warn about optional columns that are missing; other columns than the model's are ignored.

    Args:
        columns: The user's columns.
        problem: The problem.
        needed: Names of the columns that the model reads; it does not matter whether others are missing.

    Raises:
        SchemaError: A required column is missing.
    """
    missing = [one for one in problem.features if one.name in needed and one.name not in columns]
    if required := [column.name for column in missing if column.required]:
        hint = f"Add the {_plural(required, 'column')}; the values may be missing."
        raise SchemaError(_missing_text(required, columns), hint)
    if missing and columns.rows:
        names = ", ".join(f"'{column.name}'" for column in missing)
        _warn(f"Missing {_plural(missing, 'column')} {names}: treated as missing values.")


def check_readings(columns: Columns, X: FeatureRows, schema: FeatureSchema, problem: Problem) -> None:
    """Warn about values that were treated as missing because their type differs from the training rows.

    Args:
        columns: The user's columns.
        X: The features built from them.
        schema: Source column of each feature.
        problem: The problem, which determines what each column should hold.

    Raises:
        SchemaError: No value of a column of numbers or dates could be read, or numbers have another decimal mark.
    """
    made: dict[str, list[Feature]] = {}
    for feature in schema.features:
        made.setdefault(feature.source, []).append(feature)
    for column in problem.features:
        features = made.get(column.name, [])
        if not features or any(feature.kind != "numeric" for feature in features):
            continue
        if column.name not in columns or not may_be_misread(columns[column.name], column):
            continue
        missing = np.all([np.isnan(X.columns[feature.name]) for feature in features], axis=0)
        if not missing.any():
            continue
        values = columns[column.name]
        lost = missing & values.notna().to_numpy()
        lost[lost] = _says_something(values[lost], column)
        if lost.any():
            _report(column, values, lost)


def may_be_misread(values: pd.Series, column: Column) -> bool:
    """Whether some values may be of another type than the column should hold."""
    kind = getattr(values.dtype, "kind", "O")
    return column.role in _READ_AS and kind not in ("M" if column.role in ("datetime", "time") else "iufb")


def _report(column: Column, values: pd.Series, lost: np.ndarray) -> None:
    what, count, example = _READ_AS[column.role], int(lost.sum()), str(values[lost].iloc[0])[:40]
    given = values[values.notna()]
    if column.role != "boolean" and count == _says_something(given, column).sum():
        raise SchemaError(
            f"Column '{column.name}' should hold {what}, but holds e.g. '{example}'.", _advice(column)
        )
    _check_mark(column, values[lost])
    _warn(
        f"Column '{column.name}' should hold {what}: {count} {'value' if count == 1 else 'values'} "
        f"(e.g. '{example}') treated as missing."
    )


def _check_mark(column: Column, values: pd.Series) -> None:
    """Refuse numbers with the other decimal mark: the rest of the column would be read a thousand times off.

    Raises:
        SchemaError: There is such a number.
    """
    if column.role != "numeric":
        return
    from podium_ml.values.readings import numbers_of

    other = replace(column.reading or Reading(), decimal=other_mark(_mark(column)))
    found = np.isfinite(numbers_of(values, other))
    if found.any():
        raise SchemaError(
            f"Column '{column.name}' holds '{str(values[found].iloc[0])[:40]}', which has another decimal mark"
            " than the model's numbers.",
            _advice(column),
        )


def _advice(column: Column) -> str:
    """Return what to do about numbers that cannot be read."""
    if column.role != "numeric":
        return ""
    mark = _mark(column)
    name = "point" if mark == "." else "comma"
    other = other_mark(mark)
    return f"The model's numbers have a decimal {name}; `--decimal {other}` reads a file with the other mark."


def _mark(column: Column) -> Mark:
    return (column.reading.decimal if column.reading else "") or "."


def _says_something(values: pd.Series, column: Column) -> np.ndarray:
    """Return which values are not just a spelling of missing."""
    from podium_ml.values.readings import missing_texts

    missing = missing_texts(column.reading or Reading(), among_numbers=True)
    return np.array([str(value).strip() not in missing for value in values], dtype=bool)


def _is_column(value: Any) -> bool:
    return isinstance(
        value, list | tuple | np.ndarray | pd.Series | pd.Index | pd.api.extensions.ExtensionArray
    )


def _missing_text(missing: list[str], given: Iterable[str]) -> str:
    parts = []
    for name in missing:
        near = difflib.get_close_matches(name, list(given), n=1)
        parts.append(f"'{name}'" + (f" (there is '{near[0]}')" if near else ""))
    return f"Missing {_plural(missing, 'column')} {', '.join(parts)}."


def _plural(things: list[Any], noun: str) -> str:
    return noun if len(things) == 1 else f"{noun}s"


def _warn(text: str) -> None:
    """Warn the caller of the predictor, who is at least four frames up."""
    warnings.warn(text, UserWarning, stacklevel=5)
