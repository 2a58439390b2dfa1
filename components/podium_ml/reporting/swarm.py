"""Beeswarm strips: one dot per row, moved apart where dots would overlap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Size of a strip and distance between dots, in units of the drawing.
WIDTH, HEIGHT = 600.0, 34.0
_DOT, _STEP = 5.0, 4.2
_SHADES = 5


@dataclass(frozen=True)
class Strip:
    """One column's dots.

    Attributes:
        column: The column.
        paths: Pairs of a shade (0 low to 4 high, -1 for unordered values) and the dots as an SVG path.
        alt: Text alternative for screen readers.
    """

    column: str
    paths: tuple[tuple[int, str], ...]
    alt: str


def draw_strips(beeswarm: Sequence[dict[str, Any]], *, reach: float) -> tuple[Strip, ...]:
    """Draw one strip per column.

    Args:
        beeswarm: ``Explanation.beeswarm``.
        reach: The largest absolute contribution; the scale extends this far to both sides.
    """
    return tuple(_strip(one, reach or 1.0) for one in beeswarm)


def _strip(one: dict[str, Any], reach: float) -> Strip:
    places = [(WIDTH / 2) * (1 + 0.97 * value / reach) for value in one["shap"]]
    heights = _spread(places)
    dots: dict[int, list[str]] = {}
    for x, y, value in zip(places, heights, one["value"], strict=True):
        shade = -1 if value is None else min(_SHADES - 1, int(value * _SHADES))
        dots.setdefault(shade, []).append(f"M{x:.1f} {y:.1f}h0")
    mean = sum(map(abs, one["shap"])) / max(1, len(one["shap"]))
    return Strip(
        column=str(one["column"]),
        paths=tuple((shade, "".join(dots[shade])) for shade in sorted(dots)),
        alt=f"contributions from {min(one['shap'], default=0):.3g} to {max(one['shap'], default=0):.3g}, "
        f"{mean:.3g} on average",
    )


def _spread(places: Sequence[float]) -> list[float]:
    """Return heights: dots at one place alternate above and below the middle, closer together if there are many."""
    members: dict[int, list[int]] = {}
    for position in sorted(range(len(places)), key=lambda at: places[at]):
        members.setdefault(int(places[position] / _DOT), []).append(position)
    heights = [HEIGHT / 2] * len(places)
    for crowd in members.values():
        step = min(_STEP, (HEIGHT - _DOT) / max(1, len(crowd) - 1))
        for turn, position in enumerate(crowd):
            side = 1 if turn % 2 else -1
            heights[position] = HEIGHT / 2 + side * ((turn + 1) // 2) * step
    return heights
