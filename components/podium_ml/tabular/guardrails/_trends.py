"""Telling numbers that count up with the rows: a trend, or the number of a row."""

import re

import numpy as np
import pandas as pd

from podium_ml.tabular.guardrails._strength import rank_strength
from podium_ml.tabular.validation.context import Context
from podium_ml.values.labels import canonical_labels
from podium_ml.values.numbers import target_numbers

_TIME = re.compile(
    r"(^|[_\W\d])(years?|yr|months?|weeks?|days?|hours?|minutes?|quarters?|periods?|dates?|times?|steps?|seasons?|epochs?|t"
    r"|jahr|monat|woche|tag|quartal|ann[ée]e|mois|semaine|jour|a[ñn]o|mes|semana|dia|年|月|日)($|[_\W\d])"
    r"|(?<=[a-z])(Year|Month|Week|Day|Hour|Quarter|Period|Date|Time|Step)$",
    re.IGNORECASE,
)
_YEARS = (1500, 2200)
# So well must the number tell the target: as an AUC, or as a share of the variance of ranks.
_FOLLOWS = {"labels": 0.65, "values": 0.2}
# A target that hardly ever turns back along the rows was sorted, and row numbers would tell it for that alone.
_SORTED = 0.05
# Rows are compared in so many parts, one after another.
_PARTS = 10


def is_trend(context: Context, name: str) -> bool:
    """Whether a number that counts up with the rows may say something about later rows.

    It does if it is a year or named like a time, or if the target follows it, unless the rows are sorted by the target.

    Args:
        context: The data.
        name: A column that counts up with the rows.
    """
    numbers = context.values(name).to_numpy(dtype=np.float64)
    if _TIME.search(name) or (numbers.min() >= _YEARS[0] and numbers.max() <= _YEARS[1]):
        return True
    if context.target_type not in _FOLLOWS:
        return False
    labels = context.target_type == "labels"
    y = _codes(context.target) if labels else target_numbers(context.target)
    if not np.isfinite(y).all() or _is_sorted(y, labels=labels):
        return False
    half = np.random.default_rng(context.settings.seed).permutation(len(y)) % 2 == 0
    n_classes = int(y.max()) + 1 if labels else 0
    parts = np.arange(len(y)) * _PARTS // len(y)  # the number rises with the rows
    strength = rank_strength(parts.astype(np.float64), y, n_classes=n_classes, half=half)
    return strength >= _FOLLOWS[context.target_type]


def _codes(target: pd.Series) -> np.ndarray:
    return canonical_labels(target)[0]


def _is_sorted(y: np.ndarray, *, labels: bool) -> bool:
    steps = np.diff(y)
    if labels:
        return bool((steps != 0).mean() <= _SORTED)
    return bool(min((steps < 0).mean(), (steps > 0).mean()) <= _SORTED)
