"""Numbers in columns of any type, including texts: ``1,234``, ``12%``, ``$5``, ``1.234,5``, ``3k``, ``47.1 kg``."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

import numpy as np
import pandas as pd

from podium_ml.contracts.reading import Mark
from podium_ml.values.clock_times import CLOCK, read_clock
from podium_ml.values.decimal_marks import MaybeMark, decide_mark, find_clues
from podium_ml.values.distinct import distinct_texts, distinct_values
from podium_ml.values.network_addresses import IPV4, read_ipv4
from podium_ml.values.units import factor_to
from podium_ml.values.written_numbers import WrittenNumber, is_currency, parse_number

DecimalMark = Mark

# What is a number, but not written as one.
_NOTATIONS = {IPV4: read_ipv4, CLOCK: read_clock}
_MOST = 0.95


@dataclass(frozen=True)
class NumberFormat:
    """How a column writes numbers.

    Attributes:
        decimal: Decimal mark of numbers in text.
        from_text: Whether the training rows contained texts.
        unit: Unit of numbers in text, such as ``kg``, ``€`` or ``%``, also of those without; empty for plain numbers.
    """

    decimal: DecimalMark = "."
    from_text: bool = False
    unit: str = ""

    @classmethod
    def plan(cls, column: pd.Series, *, mark: MaybeMark = "") -> Self:
        """Infer how a column writes numbers.

        Args:
            column: All of its values.
            mark: The decimal mark of the file that it comes from; empty if unknown.
        """
        column = _without_categories(column)
        if _holds_numbers(column):
            return cls(decimal=mark or ".")
        texts = distinct_texts(column)
        decimal = decide_mark(find_clues(texts), file=mark).mark
        return cls(decimal=decimal, from_text=bool(texts), unit=_find_unit(texts, decimal))

    def read(self, column: pd.Series) -> np.ndarray:
        """Read a column as float64; missing, infinite and non-numeric values become NaN."""
        return read_numbers(column, decimal=self.decimal, unit=self.unit)

    def tells_apart(self, texts: Iterable[str]) -> bool:
        """Whether different numbers in text become different floats, and none loses its unit; see ``clash``."""
        return not self.clash(texts)

    def clash(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return two texts that differ but would be read as one number; nothing if there are none.

        ``5`` and ``5.0`` are one number. ``5`` and ``5 kg`` are not, nor are ids that differ in the last of 20 digits.
        ``0.12`` beside ``12%`` may be the same or not.
        """
        if self.unit in _NOTATIONS:
            return ()
        first: dict[float, tuple[tuple[str, Decimal], str]] = {}
        examples: dict[str, str] = {}
        for text in texts:
            number, written = self._read(text), parse_number(text, decimal=self.decimal)
            if written is None or not np.isfinite(number):
                continue
            meaning = self._meaning(written, number)
            known, other = first.setdefault(number, (meaning, text))
            if known != meaning:
                return other, text
            if number:
                examples.setdefault(meaning[0], text)
        return (examples["%"], examples[""]) if {"%", ""} <= set(examples) else ()

    def _meaning(self, written: WrittenNumber, number: float) -> tuple[str, Decimal]:
        """Return the unit and the exact value; units of the same quantity are converted, which rounds."""
        if self.unit and written.unit not in ("", self.unit):
            return self.unit, Decimal(repr(number))
        return written.unit, Decimal(written.digits)

    def _read(self, text: str) -> float:
        return read_number(text, decimal=self.decimal, unit=self.unit)


def read_numbers(column: pd.Series, *, decimal: DecimalMark = ".", unit: str = "") -> np.ndarray:
    """Read a column of any type as float64; missing, infinite and non-numeric values become NaN."""
    column = _without_categories(column)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
        numbers = column.to_numpy().astype(np.float64)
    elif _holds_numbers(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    elif isinstance(column.dtype, np.dtype) and column.dtype.kind == "m":
        numbers = column.dt.total_seconds().to_numpy()
    else:
        numbers = _read_texts(column, decimal, unit)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def read_number(text: str, *, decimal: DecimalMark = ".", unit: str = "") -> float:
    """Read one number as people write it; NaN if the text is not a number.

    Args:
        text: The number, with or without its unit.
        decimal: Its decimal mark.
        unit: The unit to convert it to; without one, currencies and ``%`` are accepted, and other units are not.

    >>> [read_number(t) for t in ("1,234.5", "12%", "$ -5", "(5)", "3k", "none")]
    [1234.5, 12.0, -5.0, -5.0, 3000.0, nan]
    >>> read_number("1.234,5", decimal=","), read_number("500 g", unit="kg"), read_number("5 kg")
    (1234.5, 0.5, nan)
    """
    if unit in _NOTATIONS:
        return _NOTATIONS[unit](text)
    written = parse_number(text, decimal=decimal)
    if written is None:
        return np.nan
    number = float(written.digits)
    if not written.unit or (not unit and (written.unit == "%" or is_currency(written.unit))):
        return number
    factor = factor_to(written.unit, unit)
    return np.nan if factor is None else number * factor


def _read_texts(column: pd.Series, decimal: DecimalMark, unit: str) -> np.ndarray:
    rows, values = distinct_values(column)
    numbers = np.full(len(values), np.nan)
    if decimal == "." and len(values):
        distinct = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce")
        numbers = distinct.to_numpy(dtype=np.float64, na_value=np.nan).copy()
    for at in np.flatnonzero(np.isnan(numbers)):
        value = values[at]
        if isinstance(value, str):
            numbers[at] = read_number(value, decimal=decimal, unit=unit)
        elif decimal == "," and isinstance(value, int | float):
            numbers[at] = value
    return np.append(numbers, np.nan)[rows]


def _find_unit(texts: Collection[str], decimal: DecimalMark) -> str:
    """Return the unit that most of the numbers with a unit have; empty if hardly any number has one."""
    for notation, read in _NOTATIONS.items():
        if texts and np.mean([not np.isnan(read(text)) for text in texts]) >= _MOST:
            return notation
    written = (parse_number(text, decimal=decimal) for text in texts)
    units = Counter(one.unit for one in written if one is not None)
    best = max(sorted(set(units) - {""}), key=lambda unit: units[unit], default="")
    return best if units[best] >= (1 - _MOST) * units.total() else ""


def _holds_numbers(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_complex_dtype(column.dtype)


def _without_categories(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(column.cat.categories.dtype if column.notna().all() else object)
    return column


def target_numbers(values: pd.Series) -> np.ndarray:
    """Return a target's values as float64, numbers in text (``1,234``, ``12%``) included; NaN for other values."""
    return NumberFormat.plan(values).read(values)
