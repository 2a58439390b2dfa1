"""Statistics of the training rows."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, ColumnProfile, Profile
from podium_ml.media.packing import facts_of
from podium_ml.run.only_shown import only_shown
from podium_ml.values.histogram import histogram
from podium_ml.values.label_sets import holds_lists
from podium_ml.values.numbers import read_numbers
from podium_ml.values.plain_text import plain_texts

# Roles of columns whose values are no numbers, whatever their type.
_WORDS = frozenset({"categorical", "text", "list", "image"})
# Pictures whose sizes are looked at.
_PICTURES = 500
_BINS, _TOP, _EXAMPLES, _LONGEST = 20, 10, 5, 60


def profile_table(table: pd.DataFrame, columns: Mapping[str, Column]) -> Profile:
    """Return the statistics of every column.

    Args:
        table: Training rows.
        columns: Roles by column name.
    """
    profiles = tuple(_profile(values, columns[str(name)]) for name, values in table.items())
    return Profile(len(table), profiles, int(table.memory_usage(deep=True).sum()))


def _profile(values: pd.Series, column: Column) -> ColumnProfile:
    return only_shown(
        lambda: profile_column(values, column),
        otherwise=lambda: ColumnProfile(column.name, column.role, missing=0.0, unique=0),
    )


def profile_column(values: pd.Series, column: Column) -> ColumnProfile:
    """Return the statistics of one column, whatever it holds."""
    if column.role == "image":
        return _of_pictures(values, column)
    if column.role == "target" and holds_lists(values):
        values = values.explode()
    numbers = finite_numbers(values, column)
    if numbers is not None and len(numbers):
        return _of_numbers(numbers, column, rows=len(values))
    return _of_texts(values, column)


def _of_pictures(values: pd.Series, column: Column) -> ColumnProfile:
    """Return the statistics of pictures; the mean is that of the longest side in pixels."""
    known = values.dropna()
    facts = [one for value in known.head(_PICTURES) if (one := facts_of(value)) is not None]
    return ColumnProfile(
        name=column.name,
        role=column.role,
        missing=1 - len(known) / len(values) if len(values) else 0.0,
        unique=int(known.nunique()),
        mean=float(np.mean([max(one.width, one.height) for one in facts])) if facts else None,
    )


def _of_texts(values: pd.Series, column: Column) -> ColumnProfile:
    codes, texts = plain_texts(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    order = np.argsort(-counts, kind="stable")
    top = () if column.role in ("text", "list", "image") else order[:_TOP]
    return ColumnProfile(
        name=column.name,
        role=column.role,
        missing=float((codes < 0).mean()) if len(codes) else 0.0,
        unique=len(texts),
        examples=tuple(shorten(texts[i]) for i in order[:_EXAMPLES]),
        mean=float(counts @ lengths / len(codes)) if column.role == "text" and len(codes) else None,
        top=tuple(shorten(texts[i]) for i in top),
        counts=tuple(int(counts[i]) for i in top),
    )


def finite_numbers(values: pd.Series, column: Column) -> np.ndarray | None:
    """Return the finite numbers of a numeric column, without missing values; ``None`` for other columns."""
    is_number = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    if column.role in _WORDS or (column.role != "numeric" and not is_number):
        return None
    numbers = read_numbers(values)
    return numbers[np.isfinite(numbers)]


def _of_numbers(numbers: np.ndarray, column: Column, *, rows: int) -> ColumnProfile:
    distinct, frequency = np.unique(numbers, return_counts=True)
    deciles = _deciles(np.repeat(distinct, frequency))
    counts, edges = histogram(numbers, bins=_BINS)
    mean, std = _moments(numbers)
    return ColumnProfile(
        name=column.name,
        role=column.role,
        missing=1 - len(numbers) / rows,
        unique=len(distinct),
        examples=tuple(f"{value:g}" for value in distinct[np.argsort(-frequency, kind="stable")[:_EXAMPLES]]),
        mean=mean,
        std=std,
        minimum=float(distinct[0]),
        maximum=float(distinct[-1]),
        edges=tuple(map(float, edges)),
        counts=tuple(map(int, counts)),
        deciles=tuple(map(float, deciles)),
        cumulative=tuple(float((numbers <= value).mean()) for value in deciles),
    )


def _deciles(ascending: np.ndarray) -> np.ndarray:
    """Return the distinct numbers that a tenth, two tenths, ... of the numbers do not exceed."""
    ranks = -(-np.arange(1, 10) * len(ascending) // 10) - 1
    return np.unique(ascending[ranks])


def _moments(numbers: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation; scaled, because sums and squares of huge numbers overflow."""
    scale = float(np.abs(numbers).max()) or 1.0
    scaled = numbers / scale
    return float(scaled.mean()) * scale, float(scaled.std()) * scale


def shorten(text: str) -> str:
    """Return a value as shortened for profiles."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
