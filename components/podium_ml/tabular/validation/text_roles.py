"""Infers the role of a text column: numbers, dates, yes/no, lists, categories or free text."""

import re
from collections import Counter
from statistics import fmean

import numpy as np
import pandas as pd

from podium_ml.contracts.problem import Role
from podium_ml.values.booleans import FALSE, TRUE
from podium_ml.values.clock_times import CLOCK
from podium_ml.values.dates import DateFormat
from podium_ml.values.decimal_marks import MaybeMark
from podium_ml.values.network_addresses import IPV4
from podium_ml.values.numbers import NumberFormat
from podium_ml.values.versions import are_versions
from podium_ml.values.words import count_words
from podium_ml.values.written_numbers import are_codes

# Share of the distinct values that must be readable as numbers or dates. The others are then treated as missing.
_MOST = 0.95
# Free text has several words per value, and few repeated values.
_TEXT_WORDS, _TEXT_LENGTH, _TEXT_UNIQUE = 3.0, 40.0, 0.2
_PADDED = re.compile(r"0\d+")
_EIGHT_DIGITS, _FEWEST_COMPACT_DATES = re.compile(r"[0-3]\d[0-3]\d(?:19|20)\d\d"), 20
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[\d.,:/-]+(?=\s|$)")
_SHORTEST_DATE, _LONGEST_DATE = 6, 40
_LIST_MARKS = (";", "|", "；", "、")
_LIST_SHARE, _FEWEST_LISTS, _MOST_WORDS_AN_ITEM = 0.3, 5, 3.0
_NOTATIONS = {IPV4: "Network addresses, as numbers", CLOCK: "Durations, in seconds"}


def infer_text_role(distinct: list[str], *, share: float, mark: MaybeMark = "") -> tuple[Role, str]:
    """Return the role of a text column and the reason, in words for the user.

    Args:
        distinct: Distinct values of the column or of a sample; at least one.
        share: Number of distinct values divided by the number of values, in the whole column.
        mark: Decimal mark of the file; empty if unknown.
    """
    texts = [text for value in distinct if (text := value.strip())]
    if not texts:
        return "categorical", "No values."
    if _are_booleans(texts):
        return "boolean", f"Yes/no values: {', '.join(sorted(texts))}."
    return _with_digits(texts, mark) or _lists(texts) or _words(texts, share)


def _are_booleans(texts: list[str]) -> bool:
    """Whether the texts are a yes, a no, or one of each; two codes that both mean yes somewhere are other words."""
    folded = {text.casefold() for text in texts}
    yes, no = folded & TRUE, folded & FALSE
    return len(yes) == 1 and len(no) <= 1 and folded == yes | no and (bool(no) or len(texts) == 1)


def _with_digits(texts: list[str], mark: MaybeMark) -> tuple[Role, str] | None:
    with_digits = sum(bool(_DIGIT.search(text)) for text in texts)
    if with_digits < _MOST * len(texts):
        return None
    values = pd.Series(texts, dtype=object)
    if any(_PADDED.fullmatch(text) for text in texts):
        return _dates(values, texts) if _may_be_compact(texts) else None
    return _times_of_day(values) or _numbers(values, texts, mark) or _dates(values, texts)


def _may_be_compact(texts: list[str]) -> bool:
    """Whether texts could be dates such as ``01032019``; hardly any code of eight digits would be one by chance."""
    return len(texts) >= _FEWEST_COMPACT_DATES and all(_EIGHT_DIGITS.fullmatch(text) for text in texts)


def _times_of_day(values: pd.Series) -> tuple[Role, str] | None:
    form = DateFormat.plan(values)
    if not form.is_time_of_day or not _are_read(form.read(values)):
        return None
    return "datetime", f"Times of day, like {_short(values[0])}."


def _numbers(values: pd.Series, texts: list[str], mark: MaybeMark) -> tuple[Role, str] | None:
    form = NumberFormat.plan(values, mark=mark)
    if np.isfinite(form.read(values)).mean() < _MOST or not form.tells_apart(texts):
        return None
    example = _short(texts[0])
    if form.unit in _NOTATIONS:
        return "numeric", f"{_NOTATIONS[form.unit]}, like {example}."
    if are_codes(texts) or are_versions(texts):
        return None
    unit = f" with the unit {form.unit}" if form.unit else ""
    return "numeric", f"Numbers{unit} written as text, like {example}."


def _dates(values: pd.Series, texts: list[str]) -> tuple[Role, str] | None:
    lengths = [len(text) for text in texts]
    if min(lengths) < _SHORTEST_DATE or max(lengths) > _LONGEST_DATE:
        return None
    if not _are_read(DateFormat.plan(values).read(values)):
        return None
    return "datetime", f"Dates written as text, like {_short(texts[0])}."


def _are_read(moments: np.ndarray) -> bool:
    return float((~np.isnat(moments)).mean()) >= _MOST


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
        words = fmean(map(count_words, items))
        if items.total() >= 2 * len(items) and words <= _MOST_WORDS_AN_ITEM:
            return "list", f"Lists of items separated by '{mark}'."
    return None


def _words(texts: list[str], share: float) -> tuple[Role, str]:
    words = fmean(count_words(_NUMBER.sub(" ", text)) for text in texts)
    length = fmean(len(text) for text in texts)
    if share >= _TEXT_UNIQUE and words > 1 and (words >= _TEXT_WORDS or length >= _TEXT_LENGTH):
        return "text", f"Free text, {words:.1f} words on average, few repeated values."
    return "categorical", "Words or codes that repeat."


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
