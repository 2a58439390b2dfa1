"""Infers the role of a text column: numbers, dates, yes/no, lists, categories or free text."""

import re
import warnings
from collections import Counter
from statistics import fmean

import numpy as np
import pandas as pd

from podium_ml.contracts.problem import Role
from podium_ml.values.booleans import FALSE, TRUE
from podium_ml.values.dates import DateFormat
from podium_ml.values.numbers import NumberFormat

# Share of the distinct values that must be readable as numbers or dates. The others are then treated as missing.
_MOST = 0.95
# Free text has several words per value, and few repeated values.
_TEXT_WORDS, _TEXT_LENGTH, _TEXT_UNIQUE = 3.0, 40.0, 0.2
_PADDED = re.compile(r"0\d+")
_DIGIT = re.compile(r"\d")
# A time without a date would be read as a time of the current day.
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s*[ap]m)?", re.IGNORECASE)
_SHORTEST_DATE, _LONGEST_DATE = 6, 40
_LIST_MARKS = (";", "|")
_LIST_SHARE, _FEWEST_LISTS, _MOST_WORDS_AN_ITEM = 0.3, 5, 3.0


def infer_text_role(distinct: list[str], *, share: float) -> tuple[Role, str]:
    """Return the role of a text column and the reason, in words for the user.

    Args:
        distinct: Distinct values of the column or of a sample; at least one.
        share: Number of distinct values divided by the number of values, in the whole column.
    """
    texts = [text for value in distinct if (text := value.strip())]
    if not texts:
        return "categorical", "No values."
    folded = {text.casefold() for text in texts}
    if len(folded) <= 2 and folded <= (TRUE | FALSE) and folded & TRUE:
        return "boolean", f"Yes/no values: {', '.join(sorted(texts))}."
    return _numbers_or_dates(texts) or _lists(texts) or _words(texts, share)


def _numbers_or_dates(texts: list[str]) -> tuple[Role, str] | None:
    with_digits = sum(bool(_DIGIT.search(text)) for text in texts)
    if with_digits < _MOST * len(texts) or any(_PADDED.fullmatch(text) for text in texts):
        return None
    values = pd.Series(texts, dtype=object)
    numbers = NumberFormat.plan(values).read(values)
    if np.isfinite(numbers).mean() >= _MOST:
        return "numeric", f"Numbers written as text, like {_short(texts[0])}."
    lengths = [len(text) for text in texts]
    if (
        min(lengths) < _SHORTEST_DATE
        or max(lengths) > _LONGEST_DATE
        or any(map(_TIME_OF_DAY.fullmatch, texts))
    ):
        return None
    if _are_dates(values):
        return "datetime", f"Dates written as text, like {_short(texts[0])}."
    return None


def _are_dates(values: pd.Series) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float((~np.isnat(DateFormat.plan(values).read(values))).mean()) >= _MOST


def _lists(texts: list[str]) -> tuple[Role, str] | None:
    """Recognize ``["a", "b"]`` and ``a; b``. In lists, several values share items."""
    if len(texts) < 2:
        return None
    if all(text.startswith("[") and text.endswith("]") for text in texts):
        return "list", "Lists in brackets."
    for mark in _LIST_MARKS:
        holding = [text for text in texts if mark in text]
        if len(holding) < max(_FEWEST_LISTS, _LIST_SHARE * len(texts)):
            continue
        items = Counter(item.strip() for text in texts for item in text.split(mark) if item.strip())
        words = fmean(len(item.split()) for item in items)
        if items.total() >= 2 * len(items) and words <= _MOST_WORDS_AN_ITEM:
            return "list", f"Lists of items separated by '{mark}'."
    return None


def _words(texts: list[str], share: float) -> tuple[Role, str]:
    words = fmean(len(text.split()) for text in texts)
    length = fmean(len(text) for text in texts)
    if share >= _TEXT_UNIQUE and words > 1 and (words >= _TEXT_WORDS or length >= _TEXT_LENGTH):
        return "text", f"Free text, {words:.1f} words on average, few repeated values."
    return "categorical", "Words or codes that repeat."


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
