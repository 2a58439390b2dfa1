"""One text per value, however it is stored: 1, 1.0, "1" and " 1.0 " must become the same category."""

import math
import re
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.values.distinct import distinct_values

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)\.0+")


def plain_text(value: Any) -> str | None:
    """Return the canonical text of a value, or ``None`` if it is missing or blank.

    >>> plain_text(1.0), plain_text("1.0"), plain_text(" 1 "), plain_text("007"), plain_text("  ")
    ('1', '1', '1', '007', None)
    """
    if isinstance(value, str):
        text = encodable(value.strip())
        return (text[: text.index(".")] if _WHOLE.fullmatch(text) else text) or None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return _number_text(float(value))
    if isinstance(value, bytes):
        return plain_text(value.decode("utf-8", errors="replace"))
    return plain_text(str(value))


def plain_texts(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return codes into a list of distinct plain texts, -1 for missing; each distinct value is converted only once."""
    codes, values = distinct_values(column)
    position_of: dict[str, int] = {}
    translation = [
        -1 if (text := plain_text(value)) is None else position_of.setdefault(text, len(position_of))
        for value in values
    ]
    return np.array([*translation, -1], dtype=np.int64)[codes], list(position_of)


def encodable(text: str) -> str:
    """Return the text without lone surrogates, which neither Arrow nor files can store."""
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode("utf-8")


def _number_text(number: float) -> str | None:
    if math.isnan(number):
        return None
    return str(int(number)) if number.is_integer() else repr(number)
