"""Deciding how a column is read, and reading it so.

The decision is a ``Reading``. It is made once, on all rows, and then applied to whatever rows come later.
"""

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from podium_ml.contracts.reading import Reading
from podium_ml.values.booleans import BooleanFormat
from podium_ml.values.dates import DateFormat, choose_patterns
from podium_ml.values.decimal_marks import decide_mark, doubt, find_clues
from podium_ml.values.distinct import distinct_texts
from podium_ml.values.doubts import date_doubt, refusal, unit_doubt
from podium_ml.values.missing_markers import ALWAYS, AMONG_NUMBERS
from podium_ml.values.numbers import NumberFormat

Format = NumberFormat | DateFormat | BooleanFormat
FormatT = TypeVar("FormatT", bound=Format)

# How the values of each role are written. Other roles are texts, or lists of them.
_FORMATS: dict[str, type[NumberFormat] | type[DateFormat] | type[BooleanFormat]] = {
    **{"numeric": NumberFormat, "weight": NumberFormat},
    **{"datetime": DateFormat, "boolean": BooleanFormat},
}
_FIELDS = frozenset(field.name for field in fields(Reading))


def reading_of(values: pd.Series) -> Reading:
    """Return the reading of a column that did not come through ingestion: texts are values, and marks are unknown."""
    kept = tuple(sorted(ALWAYS & distinct_texts(values))) if _holds_texts(values) else ()
    return Reading(
        type="" if _holds_texts(values) else str(values.dtype),
        kept=kept,
        category=isinstance(values.dtype, pd.CategoricalDtype),
    )


def plan_reading(values: pd.Series, role: str, known: Reading, *, order: str = "") -> Reading:
    """Complete the reading of a column by how its values are written.

    Args:
        values: All values of the column.
        role: What the column holds; see ``Column``.
        known: What ingestion found in the column and its file.
        order: Order of day and month where the column allows both; empty if neither the user nor other columns tell.
    """
    kind = _format_type(values, role)
    if kind is NumberFormat:
        return _plan_numbers(values, known)
    if kind is DateFormat:
        return _plan_dates(values, replace(known, order=order or known.order))
    if kind is not None:
        return _with_format(known, kind.plan(values))
    if role == "categorical" and _holds_texts(values):
        refused = refusal(distinct_texts(values), name=str(values.name), mark=known.decimal)
        return replace(known, doubt=refused or known.doubt)
    return known


def format_of(kind: type[FormatT], reading: Reading) -> FormatT:
    """Return the part of a reading that tells how values of one kind are written."""
    known = {f.name: getattr(reading, f.name) for f in fields(kind) if f.name in _FIELDS}
    if issubclass(kind, NumberFormat):
        known["decimal"] = reading.decimal or "."
    return kind(**known)


def apply_reading(values: pd.Series, role: str, reading: Reading) -> pd.Series:
    """Return a column of text as numbers or dates, if its role says so and every value can be read."""
    if not _holds_texts(values):
        return values
    kind = _format_type(values, role)
    if kind is NumberFormat:
        read: Any = format_of(NumberFormat, reading).read(values)
        lost = np.isnan(read)
    elif kind is DateFormat:
        form = format_of(DateFormat, reading)
        if form.is_time_of_day:  # a time without a day
            return values
        read = form.read(values)
        lost = np.isnat(read)
    else:
        return values
    if (lost & values.notna().to_numpy()).any():
        return values
    return pd.Series(read, index=values.index, name=values.name)


def numbers_of(values: pd.Series, reading: Reading | None) -> np.ndarray:
    """Return the numbers of a column as float64, NaN for other values.

    Args:
        values: The column.
        reading: How it is read; ``None``, in models of earlier versions, infers it.
    """
    form = NumberFormat.plan(values) if reading is None else format_of(NumberFormat, reading)
    return form.read(values)


def missing_texts(reading: Reading, *, among_numbers: bool = False) -> frozenset[str]:
    """Return the texts that stand for missing values in a column.

    Args:
        reading: How the column is read.
        among_numbers: Whether the column holds numbers, dates or booleans.
    """
    chosen = frozenset((*reading.missing, ""))
    usual: Iterable[str] = ALWAYS | AMONG_NUMBERS if among_numbers else () if reading.missing else ALWAYS
    return (chosen | frozenset(usual)) - frozenset(reading.kept)


def _plan_numbers(values: pd.Series, known: Reading) -> Reading:
    form = NumberFormat.plan(values, mark=known.decimal)
    found = _with_format(known, form)
    if not _holds_texts(values):
        return found
    texts = distinct_texts(values)
    decided = decide_mark(find_clues(texts), file=known.decimal)
    if decided.is_sure:
        return replace(found, doubt=unit_doubt(texts, form, name=str(values.name)) or known.doubt)
    example = next(text for text in sorted(texts) if "." in text or "," in text)
    return replace(found, doubt=doubt(example, decided.mark))


def _plan_dates(values: pd.Series, known: Reading) -> Reading:
    order: Any = known.order
    found = _with_format(known, DateFormat.plan(values, order=order))
    if not _holds_texts(values):
        return found
    return replace(found, doubt=date_doubt(choose_patterns(values, order=order)) or known.doubt)


def _texts(values: pd.Series) -> set[str]:
    return {value for value in values if isinstance(value, str)}


def _format_type(
    values: pd.Series, role: str
) -> type[NumberFormat] | type[DateFormat] | type[BooleanFormat] | None:
    if role == "time":
        return None if pd.api.types.is_numeric_dtype(values.dtype) else DateFormat
    return _FORMATS.get(role)


def _with_format(known: Reading, found: Format) -> Reading:
    return replace(known, **{name: value for name, value in asdict(found).items() if name in _FIELDS})


def _holds_texts(values: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(values.dtype) or pd.api.types.is_string_dtype(values.dtype)
