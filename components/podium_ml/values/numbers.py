"""Numbers in columns of any type, including texts: ``1,234``, ``12%``, ``$5``, ``(5)``, ``1.234,5``, ``3k``."""

import re
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

DecimalMark = Literal[".", ","]

_MULTIPLES = {"": 1.0, "k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9}
_NUMBER = re.compile(
    r"""(?P<open>\()?
        (?P<sign>[-+])?
        (?:[$€£¥₹₽₩₺]|usd|eur|gbp|chf|jpy|inr)?
        (?P<inner>[-+])?
        (?P<digits>[0-9][0-9.,']*|[.,][0-9]+)
        (?:e(?P<power>[-+]?[0-9]+))?
        (?P<multiple>k|mn?|bn?)?
        (?:[$€£¥₹₽₩₺]|usd|eur|gbp|chf|jpy|inr|%)?
        (?P<trailing>-)?
        (?P<close>\))?""",
    re.VERBOSE | re.IGNORECASE,
)
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f_]+")


@dataclass(frozen=True)
class NumberFormat:
    """How a column writes numbers.

    Attributes:
        decimal: Decimal mark of numbers in text.
        from_text: Whether the training rows contained texts.
    """

    decimal: DecimalMark = "."
    from_text: bool = False

    @classmethod
    def plan(cls, column: pd.Series) -> Self:
        """Infer how a column writes numbers."""
        column = _without_categories(column)
        if _holds_numbers(column):
            return cls()
        texts = {value for value in column if isinstance(value, str)}
        return cls(decimal=_find_decimal_mark(texts), from_text=bool(texts))

    def read(self, column: pd.Series) -> np.ndarray:
        """Read a column as float64; missing, infinite and non-numeric values become NaN."""
        return read_numbers(column, decimal=self.decimal)


def read_numbers(column: pd.Series, *, decimal: DecimalMark = ".") -> np.ndarray:
    """Read a column of any type as float64; missing, infinite and non-numeric values become NaN."""
    column = _without_categories(column)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
        numbers = column.to_numpy().astype(np.float64)
    elif _holds_numbers(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    elif isinstance(column.dtype, np.dtype) and column.dtype.kind == "m":
        numbers = column.dt.total_seconds().to_numpy()
    else:
        numbers = _read_texts(column, decimal)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def read_number(text: str, *, decimal: DecimalMark = ".") -> float:
    """Read one number as people write it; NaN if the text is not a number.

    >>> [read_number(t) for t in ("1,234.5", "12%", "$ -5", "(5)", "3k", "none")]
    [1234.5, 12.0, -5.0, -5.0, 3000.0, nan]
    >>> read_number("1.234,5", decimal=",")
    1234.5
    """
    match = _NUMBER.fullmatch(_SPACES.sub("", text.replace("−", "-")))
    if match is None or (match["open"] is None) != (match["close"] is None):
        return np.nan
    signs = [match[place] for place in ("sign", "inner", "trailing") if match[place]]
    if len(signs) > 1:
        return np.nan
    thousands = "." if decimal == "," else ","
    digits = match["digits"].replace(thousands, "").replace("'", "").replace(decimal, ".")
    try:
        size = float(f"{digits}e{match['power'] or 0}") * _MULTIPLES[(match["multiple"] or "").lower()]
    except ValueError:
        return np.nan
    return -size if signs == ["-"] or match["open"] else size


def _read_texts(column: pd.Series, decimal: DecimalMark) -> np.ndarray:
    numbers = np.full(len(column), np.nan)
    if decimal == ".":
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan).copy()
    values = column.to_numpy(dtype=object)
    known: dict[Any, float] = {}
    for row in np.flatnonzero(np.isnan(numbers)):
        value = values[row]
        if isinstance(value, str):
            if value not in known:
                known[value] = read_number(value, decimal=decimal)
            numbers[row] = known[value]
        elif decimal == "," and isinstance(value, int | float):
            numbers[row] = value
    return numbers


def _find_decimal_mark(texts: set[str]) -> DecimalMark:
    """Return the decimal mark that more of the texts require; a point in case of a tie."""
    comma = sum(bool(_ONLY_COMMA.search(text)) for text in texts)
    point = sum(bool(_ONLY_POINT.search(text)) for text in texts)
    return "," if comma > point else "."


# A comma must be the decimal mark if it is followed by other than three digits, or if it comes after a zero or after
# a group of digits set off by a point, or if points separate several groups. The same applies to a point.
_ONLY_COMMA = re.compile(r"^[^.,]*,(?:\d{1,2}|\d{4,})(?!\d)[^.,]*$|^\D*0,\d+|\.\d{3},\d|\.\d{3}\.\d{3}")
_ONLY_POINT = re.compile(r"^[^.,]*\.(?:\d{1,2}|\d{4,})(?!\d)[^.,]*$|^\D*0\.\d+|,\d{3}\.\d|,\d{3},\d{3}")


def _holds_numbers(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_complex_dtype(column.dtype)


def _without_categories(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(column.cat.categories.dtype if column.notna().all() else object)
    return column


def target_numbers(values: pd.Series) -> np.ndarray:
    """Return a target's values as float64, numbers in text (``1,234``, ``12%``) included; NaN for other values."""
    return NumberFormat.plan(values).read(values)
