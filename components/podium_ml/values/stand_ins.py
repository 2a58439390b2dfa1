"""Numbers that stand for missing values, like -999."""

import re

import numpy as np

# Numbers of nines or eights, and codes just below, as surveys have them: 97 for "refused", 98 for "does not know".
_CODES = re.compile(r"9{2,}|9+[78]|8{2,}")
_LIMITS = {float(sign * 2**bits - (sign > 0)) for bits in (15, 31, 63) for sign in (-1, 1)} | {65_535.0}
_ENOUGH_ROWS, _ENOUGH_VALUES = 3, 5


def stand_ins(values: np.ndarray) -> dict[float, int]:
    """Return repeated values that look like codes and lie far from all others, or alone below zero.

    Args:
        values: Numbers, NaN for missing ones, shape ``(n,)``.

    Returns:
        How many rows have each code.
    """
    values = values[np.isfinite(values)]
    if not len(values) or not any(map(_is_code, (values.min(), values.max()))):
        return {}
    distinct, rows = np.unique(values, return_counts=True)
    codes = np.array([_is_code(value) for value in distinct]) & (rows >= _ENOUGH_ROWS)
    others = distinct[~codes]
    if len(others) < _ENOUGH_VALUES:
        return {}
    low, high = others[0], others[-1]
    away = np.maximum(low - distinct, distinct - high)
    far = codes & ((away > high - low) | ((distinct < 0) & (low >= 0)))
    return {float(value): int(count) for value, count in zip(distinct[far], rows[far], strict=True)}


def marks(found: dict[str, dict[float, int]]) -> str:
    """Return the codes of several columns as ``--missing-markers`` takes them.

    Args:
        found: How many rows have each code, by column.
    """
    return ",".join(dict.fromkeys(f"{code:.15g}" for codes in found.values() for code in codes))


def _is_code(value: float) -> bool:
    return value in _LIMITS or bool(_CODES.fullmatch(f"{abs(value):.15g}".partition(".")[0]))
