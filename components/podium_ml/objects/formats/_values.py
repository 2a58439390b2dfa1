"""Values of annotations, which other programs wrote: numbers as texts, ids as fractions, flags in words."""

from itertools import chain
from typing import Any

from podium_ml.objects.annotations import Box

_UNKNOWN = float("nan")


def number(value: Any) -> float:
    """Return a number, or NaN if a value is none.

    >>> number(" 2.5"), number(None)
    (2.5, nan)
    """
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return _UNKNOWN


def key(value: Any) -> str:
    """Return an id as a text, the same for ``1``, ``1.0`` and ``"1"``.

    >>> key(1), key(1.0), key("1")
    ('1', '1', '1')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def flag(value: Any) -> bool:
    """Return whether a flag is set.

    >>> flag(1), flag("0"), flag(None), flag("true")
    (True, False, False, True)
    """
    return str(value).strip().casefold() in ("1", "1.0", "true", "yes")


def box_of(value: Any) -> Box | None:
    """Return a box of four numbers, ``None`` if nothing is given; NaN stands for what is no number."""
    if value is None or value == []:
        return None
    if not isinstance(value, list) or len(value) != 4:
        return (_UNKNOWN, _UNKNOWN, _UNKNOWN, _UNKNOWN)
    x, y, w, h = map(number, value)
    return (x, y, w, h)


def polygons_of(value: Any) -> tuple[tuple[float, ...], ...]:
    """Return polygons as lists of numbers ``x, y, x, y, ...``; one that holds anything else has no points.

    Args:
        value: Polygons, or a single one; each a list of numbers or of pairs.
    """
    if not isinstance(value, list) or not value:
        return ()
    return tuple(map(polygon_of, value if isinstance(value[0], list) and not _is_pair(value[0]) else [value]))


def polygon_of(value: Any) -> tuple[float, ...]:
    """Return one polygon, given as a list of numbers or of pairs; without points if it is something else."""
    if not isinstance(value, list):
        return ()
    pairs = bool(value) and all(map(_is_pair, value))
    points = tuple(number(one) for one in (chain.from_iterable(value) if pairs else value))
    return points if all(one == one for one in points) else ()


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and not any(isinstance(one, list) for one in value)
