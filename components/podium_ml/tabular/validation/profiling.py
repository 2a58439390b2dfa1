"""Statistics of the training rows."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, ColumnProfile, Profile
from podium_ml.values.label_sets import holds_lists
from podium_ml.values.numbers import read_numbers
from podium_ml.values.plain_text import plain_texts

_BINS, _TOP, _EXAMPLES, _LONGEST = 20, 10, 5, 60
_DECILES = np.linspace(0.1, 0.9, 9)


def profile_table(table: pd.DataFrame, columns: Mapping[str, Column]) -> Profile:
    """Return the statistics of every column.

    Args:
        table: Training rows.
        columns: Roles by column name.
    """
    profiles = tuple(_profile(values, columns[str(name)]) for name, values in table.items())
    return Profile(len(table), profiles, int(table.memory_usage(deep=True).sum()))


def _profile(values: pd.Series, column: Column) -> ColumnProfile:
    if column.role == "target" and holds_lists(values):
        values = values.explode()
    numbers = finite_numbers(values, column)
    if numbers is not None and len(numbers):
        return _of_numbers(numbers, column, rows=len(values))
    return _of_texts(values, column)


def _of_texts(values: pd.Series, column: Column) -> ColumnProfile:
    codes, texts = plain_texts(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    order = np.argsort(-counts, kind="stable")
    top = () if column.role in ("text", "list") else order[:_TOP]
    return ColumnProfile(
        name=column.name,
        role=column.role,
        missing=float((codes < 0).mean()) if len(codes) else 0.0,
        unique=len(texts),
        examples=tuple(shorten(texts[i]) for i in order[:_EXAMPLES]),
        top=tuple(shorten(texts[i]) for i in top),
        counts=tuple(int(counts[i]) for i in top),
    )


def finite_numbers(values: pd.Series, column: Column) -> np.ndarray | None:
    """Return the finite numbers of a numeric column, without missing values; ``None`` for other columns."""
    is_number = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    if column.role != "numeric" and not is_number:
        return None
    numbers = read_numbers(values)
    return numbers[np.isfinite(numbers)]


def _of_numbers(numbers: np.ndarray, column: Column, *, rows: int) -> ColumnProfile:
    low, high = float(numbers.min()), float(numbers.max())
    distinct, frequency = np.unique(numbers, return_counts=True)
    deciles = np.unique(np.quantile(numbers, _DECILES, method="inverted_cdf"))
    with np.errstate(all="ignore"):
        bins = _BINS if np.isfinite(high - low) and high > low else 1
        counts, edges = np.histogram(numbers, bins=bins, range=(low, high) if bins > 1 else None)
        mean, std = float(numbers.mean()), float(numbers.std())
    return ColumnProfile(
        name=column.name,
        role=column.role,
        missing=1 - len(numbers) / rows,
        unique=len(distinct),
        examples=tuple(f"{value:g}" for value in distinct[np.argsort(-frequency, kind="stable")[:_EXAMPLES]]),
        mean=mean,
        std=std,
        minimum=low,
        maximum=high,
        edges=tuple(map(float, edges)),
        counts=tuple(map(int, counts)),
        deciles=tuple(map(float, deciles)),
        cumulative=tuple(float((numbers <= value).mean()) for value in deciles),
    )


def shorten(text: str) -> str:
    """Return a value as shortened for profiles."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
