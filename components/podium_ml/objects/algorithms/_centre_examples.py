"""Pictures as training changes them, and the grids that they should give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import Known

PIXELS = "pixels"
# Share of a box, around its centre, whose cells learn its edges.
_CORE = 0.35
_LIGHT, _LIGHTER = 0.25, 20
_TINY = 1e-4
# How far a window is moved, by which factor (of e) it is scaled, and the share of pictures that are seen as they are.
_MOVED, _SCALED, _WHOLE = 0.12, 0.25, 0.2


@dataclass(frozen=True)
class _Window:
    """The part of a picture that is seen, in shares of it; what lies outside is filled with its own border."""

    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0
    mirrored: bool = False

    @classmethod
    def drawn(cls, random: np.random.Generator, *, flips: bool) -> Self:
        mirrored = flips and random.random() < 0.5
        if random.random() < _WHOLE:
            return cls(mirrored=mirrored)
        scale = float(np.exp(random.uniform(-_SCALED, _SCALED)))
        left, top = (random.uniform(-_MOVED, _MOVED) + (1 - scale) / 2 for _ in range(2))
        return cls(left, top, scale, mirrored)

    def of(self, values: np.ndarray) -> np.ndarray:
        """Return what is seen of pixels or of a map, shape ``(h, w, c)``."""
        rows, columns = (
            np.clip((start + (np.arange(side) + 0.5) / side * self.scale) * side, 0, side - 1).astype(int)
            for start, side in zip((self.top, self.left), values.shape, strict=False)
        )
        seen = values[rows][:, columns]
        return seen[:, ::-1] if self.mirrored else seen

    def objects(self, known: Known) -> Known:
        """Return the objects where they are seen."""
        boxes, masks = (known.boxes - [self.left, self.top, 0, 0]) / self.scale, known.masks
        if self.mirrored:
            boxes = np.column_stack([1 - boxes[:, 0] - boxes[:, 2], boxes[:, 1:]])
            masks = None if masks is None else masks[:, :, ::-1]
        return Known(boxes, known.classes, known.crowd, masks, known.pixels)


def changed(
    inputs: Mapping[str, np.ndarray], known: Known, random: np.random.Generator, *, flips: bool
) -> tuple[dict[str, np.ndarray], Known]:
    """Return a picture that is moved, scaled, mirrored and lit, its maps, and its objects where they then are.

    Args:
        inputs: Pixels and maps of the picture, shape ``(h, w, c)`` each.
        known: Its objects.
        random: Draws the changes.
        flips: Whether pictures are mirrored.
    """
    window = _Window.drawn(random, flips=flips)
    seen = {name: np.ascontiguousarray(window.of(values)) for name, values in inputs.items()}
    lit = seen[PIXELS].astype(np.float32) * (1 + random.uniform(-_LIGHT, _LIGHT))
    seen[PIXELS] = (lit + random.uniform(-_LIGHTER, _LIGHTER)).clip(0, 255).astype(np.uint8)
    return seen, window.objects(known)


def augment(
    pixels: np.ndarray, known: Known, *, seed: int, flips: bool = True, **others: Any
) -> tuple[np.ndarray, Known]:
    """Return the same of a picture alone; see ``AlgorithmSpec.augment``."""
    seen, moved = changed({PIXELS: pixels}, known, np.random.default_rng(seed), flips=flips)
    return seen[PIXELS], moved


def example(
    inputs: Mapping[str, np.ndarray],
    known: Known,
    layout: Layout,
    random: np.random.Generator,
    *,
    flips: bool,
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return a changed picture, its grid, and the weight of each cell's edges and centres.

    The arguments are those of ``changed``, and the shape of predictions; see ``targets``.
    """
    seen, moved = changed(inputs, known, random, flips=flips)
    return seen, *targets(moved, layout)


def targets(known: Known, layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Return the grid that a picture should give, and for each cell 1 if its edges count, -1 if its centre does not."""
    grid, weight = layout.empty(1)[0], np.zeros((layout.grid, layout.grid), dtype=np.float32)
    places = (np.arange(layout.grid) + 0.5) / layout.grid
    size = known.boxes[:, 2] * known.boxes[:, 3]
    for at in np.argsort(-size):
        left, top, width, height = known.boxes[at]
        x, y = left + width / 2, top + height / 2
        if not (0 <= x <= 1 and 0 <= y <= 1):
            continue
        if known.crowd[at]:
            weight[
                np.ix_(
                    (places >= top) & (places <= top + height), (places >= left) & (places <= left + width)
                )
            ] = -1
            continue
        # Heat falls with the distance from the centre, measured by the size of the box and at least by cells.
        spread = np.maximum(np.array([width, height]) * 0.18, 0.6 / layout.grid)
        heat = np.exp(
            -(((places[None, :] - x) / spread[0]) ** 2 + ((places[:, None] - y) / spread[1]) ** 2) / 2
        )
        code = known.classes[at]
        row, column = int(min(y, 0.999) * layout.grid), int(min(x, 0.999) * layout.grid)
        heat[row, column] = 1
        grid[:, :, code] = np.maximum(grid[:, :, code], heat)
        core = (np.abs(places[None, :] - x) <= _CORE * width) & (
            np.abs(places[:, None] - y) <= _CORE * height
        )
        core[row, column] = True
        edges = np.stack(
            np.broadcast_arrays(
                places[None, :] - left,
                places[:, None] - top,
                left + width - places[None, :],
                top + height - places[:, None],
            ),
            axis=2,
        )
        grid[core, layout.classes : layout.classes + 4] = np.maximum(edges, _TINY)[core]
        weight[core] = 1
    if layout.masks:
        masks, owners = known.on(2 * layout.grid), np.full((2 * layout.grid,) * 2, -1)
        for at in np.argsort(-size):  # small objects lie in front
            if not known.crowd[at]:
                owners[masks[at]] = at
        layout.place_pixels(grid, (owners >= 0).astype(np.float32), owners, known.boxes)
    return grid, weight
