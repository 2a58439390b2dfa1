"""Converting Python values to Arrow columns."""

import datetime
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pyarrow as pa

from podium_ml.errors import DataError
from podium_ml.values.bounds import check_columns
from podium_ml.values.missing_markers import ALWAYS, AMONG_NUMBERS

_MARKERS = ALWAYS | AMONG_NUMBERS
_MIXED = {b"podium": b"mixed"}
_OTHERS = (int, float, Decimal, datetime.date)  # booleans are integers, and moments are dates


class RecordCollector:
    """Collects rows that may omit columns; columns keep the order in which they first appeared.

    Args:
        label: Name of the file in messages.
        names: Columns that are known before the first row.
    """

    def __init__(self, label: str, names: Iterable[str] = ()) -> None:
        self._label = label
        self._columns: dict[str, list[Any]] = {name: [] for name in names}
        self.rows = 0

    def add(self, record: Mapping[str, Any]) -> None:
        """Add one row."""
        for name, value in record.items():
            column = self._columns.setdefault(name, [])
            if len(column) < self.rows:
                column.extend([None] * (self.rows - len(column)))
            column.append(value)
        self.rows += 1
        check_columns(len(self._columns), label=self._label)

    @property
    def cells(self) -> int:
        """The number of cells, those of absent keys included."""
        return self.rows * len(self._columns)

    def take(self) -> pa.RecordBatch:
        """Return the collected rows and clear them.

        Raises:
            DataError: The rows have no columns.
        """
        for column in self._columns.values():
            column.extend([None] * (self.rows - len(column)))
        if self.rows and not self._columns:
            raise DataError(
                f"{self._label} has no columns: its records are empty.", "Provide records with values."
            )
        batch = to_batch(list(self._columns), list(self._columns.values()))
        self._columns = {name: [] for name in self._columns}
        self.rows = 0
        return batch


def to_batch(names: list[str], columns: list[list[Any]]) -> pa.RecordBatch:
    """Convert columns of Python values to an Arrow batch with one type per column; names may repeat.

    A column with an object in any row becomes a column of objects without their parts. One that mixes texts with
    numbers, dates or booleans becomes texts, and its field is marked as mixed, because only the whole column tells
    whether the texts are values.
    """
    arrays = [_to_array(values) for values in columns]
    fields = [field_of(*column) for column in zip(names, arrays, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def field_of(name: str, array: pa.Array, values: Iterable[Any]) -> pa.Field:
    """Return the field of a column, marked as mixed if its texts were of several types.

    Args:
        name: Its name.
        array: Its values as stored.
        values: Its values as they were.
    """
    mixed = pa.types.is_string(array.type) and any(isinstance(value, _OTHERS) for value in values)
    return pa.field(name, array.type, metadata=_MIXED if mixed else None)


def is_mixed(field: pa.Field) -> bool:
    """Whether the texts of a column were texts, numbers, dates and booleans in the file."""
    return bool(field.metadata) and field.metadata.items() >= _MIXED.items()


def _to_array(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError):
        pass
    if any(isinstance(value, dict) for value in values):
        return pa.array([None if value is None else {} for value in values])
    if any(isinstance(value, list) for value in values):
        with suppress(pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError):
            return pa.array(
                [None if isinstance(value, str) and value in _MARKERS else value for value in values]
            )
    return pa.array([_to_text(value) for value in values], pa.string())


def _to_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = json.dumps(value, default=str) if isinstance(value, list) else str(value)
    return text.encode("utf-8", errors="replace").decode("utf-8")
