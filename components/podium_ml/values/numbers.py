"""Numbers in columns of any type, those in text included: ``1,234``, ``12%``, ``$5``, ``(5)``, ``1.234,5``, ``3k``."""

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
        from_text: Whether the training rows had text.
    """

    decimal: DecimalMark = "."
    from_text: bool = False

    @classmethod
    def plan(cls, column: pd.Series) -> Self:
        """Find out how the column writes numbers."""
        column = _without_categories(column)
        if _holds_numbers(column):
            return cls()
        texts = {value for value in column if isinstance(value, str)}
        return cls(decimal=_find_decimal_mark(texts), from_text=bool(texts))

    def read(self, column: pd.Series) -> np.ndarray:
        """Read a column as float64; NaN for what is missing, infinite or no number."""
        return read_numbers(column, decimal=self.decimal)


def read_numbers(column: pd.Series, *, decimal: DecimalMark = ".") -> np.ndarray:
    """Read a column of any type as float64; NaN for what is missing, infinite or no number."""
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
    """Read one number as people write it; NaN if it is none.

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
    """Return the mark whose reading is the only possible one for more of the texts; a point in doubt."""
    comma = sum(bool(_ONLY_COMMA.search(text)) for text in texts)
    point = sum(bool(_ONLY_POINT.search(text)) for text in texts)
    return "," if comma > point else "."


# A comma with other than three digits after it, after a zero, or after a point, is a decimal mark; so is one at the
# end of several points. The same the other way round.
_ONLY_COMMA = re.compile(r"^[^.,]*,(?:\d{1,2}|\d{4,})(?!\d)[^.,]*$|^\D*0,\d+|\.\d{3},\d|\.\d{3}\.\d{3}")
_ONLY_POINT = re.compile(r"^[^.,]*\.(?:\d{1,2}|\d{4,})(?!\d)[^.,]*$|^\D*0\.\d+|,\d{3}\.\d|,\d{3},\d{3}")


def _holds_numbers(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_complex_dtype(column.dtype)


def _without_categories(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(column.cat.categories.dtype if column.notna().all() else object)
    return column
