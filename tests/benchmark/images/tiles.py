"""How well algorithms find trees from the air and nuclei under a microscope, in tiles, beside a watershed.

    python -m tests.benchmark.images.tiles trees FOLDER [--seconds 60] [--algorithms map_head,ssdlite]
    python -m tests.benchmark.images.tiles nuclei FOLDER [--backbone WEIGHTS]
    python -m tests.benchmark.images.tiles blobs

``FOLDER`` holds what packages ship: ``deepforest/data`` of deepforest (MIT), whose pictures have boxes in the format of
Pascal VOC, or ``stardist/data/images`` of stardist (BSD), whose nuclei have masks. The right of each picture is set
aside. ``blobs`` are made pictures of nuclei that touch. ``WEIGHTS`` as in ``scenes``. The watershed is that of
scikit-image on the distance to the background; its smoothing, and how far its seeds are apart, are those with the best
mAP on the training tiles.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from podium_ml.metrics import METRICS
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import encode, mask_text, to_cell
from podium_ml.objects.grid import EDGES, QUARTERS
from tests.benchmark.images.blobs import blobs
from tests.benchmark.images.finding import measure, parser_of, problem_of, show

_GRID, _SIDE = 32, 128
# Side of a tile and distance of the next one in pixels, and the share of each picture that is learned from.
_TREES, _NUCLEI, _SHARE = (160, 120), (96, 48), 0.6
# Objects at the border of a tile count if so much of them is in it.
_INSIDE = 0.4
# Made pictures, those of them that are set aside, and the fewest pixels of a nucleus that others do not cover.
_MADE, _MADE_ASIDE, _FEWEST_PIXELS = 240, 40, 12


class Tile(NamedTuple):
    """A part of a picture: its pixels, and its objects as ``podium_ml.objects.encoding.to_cell`` takes them."""

    pixels: np.ndarray
    objects: list[dict[str, object]]


def trees(folder: Path) -> Iterator[tuple[bool, Tile]]:
    """Yield tiles of pictures from the air, and whether they are for training."""
    for path in sorted(folder.glob("*.xml")):
        image = np.asarray(Image.open(path.with_suffix(".png")).convert("RGB"))
        boxes = np.array([_corners(one) for one in ElementTree.parse(path).iter("bndbox")])
        for train, left, top, side in _places(image, *_TREES):
            yield train, Tile(_part(image, left, top, side), _boxes_of(boxes, left, top, side))


def _corners(box: ElementTree.Element) -> list[float]:
    return [float(box.findtext(name, "0")) for name in ("xmin", "ymin", "xmax", "ymax")]


def _boxes_of(boxes: np.ndarray, left: int, top: int, side: int) -> list[dict[str, object]]:
    moved = boxes - [left, top, left, top]
    inside = np.clip(moved, 0, side)
    share = _area(inside) / np.maximum(_area(moved), 1)
    return [_object(one / side) for one in inside[share >= _INSIDE]]


def _area(corners: np.ndarray) -> np.ndarray:
    return (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])


def _object(corners: np.ndarray) -> dict[str, object]:
    left, top, right, bottom = corners
    return {"c": 0, "b": [left, top, right - left, bottom - top]}


def nuclei(folder: Path) -> Iterator[tuple[bool, Tile]]:
    """Yield tiles of a picture of nuclei, and whether they are for training."""
    image, labels = (np.asarray(Image.open(folder / name)) for name in ("img2d.tif", "mask2d.tif"))
    low, high = np.percentile(image, [1, 99.8])
    grey = (255 * np.clip((image - low) / (high - low), 0, 1)).astype(np.uint8)
    sizes = np.bincount(labels.ravel())
    for train, left, top, side in _places(grey, *_NUCLEI):
        own = labels[top : top + side, left : left + side]
        kept = [one for one in _masks(own) if one.sum() >= _INSIDE * sizes[own[one][0]]]
        yield train, Tile(_part(grey, left, top, side), [_masked(one) for one in kept])


def touching(folder: Path) -> Iterator[tuple[bool, Tile]]:
    """Yield made pictures, and whether they are for training."""
    for at, (grey, labels) in enumerate(blobs(_MADE)):
        objects = [_masked(one) for one in _masks(labels) if one.sum() >= _FEWEST_PIXELS]
        yield at < _MADE - _MADE_ASIDE, Tile(_part(grey, 0, 0, len(grey)), objects)


def _masks(labels: np.ndarray) -> list[np.ndarray]:
    return [labels == one for one in np.unique(labels) if one]


def _masked(mask: np.ndarray) -> dict[str, object]:
    left, top, right, bottom = corners = _corners_of(mask)
    return {**_object(corners / len(mask)), "m": mask_text(mask[top:bottom, left:right])}


def _corners_of(mask: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])


def _places(image: np.ndarray, side: int, step: int) -> Iterator[tuple[bool, int, int, int]]:
    """Yield places of tiles: those of training may overlap each other, but not those that are set aside."""
    height, width = image.shape[:2]
    cut = int(_SHARE * width)
    for left in range(0, cut - side + 1, step):
        yield from ((True, left, top, side) for top in range(0, height - side + 1, step))
    for left in range(cut, width - side + 1, side):
        yield from ((False, left, top, side) for top in range(0, height - side + 1, side))


def _part(image: np.ndarray, left: int, top: int, side: int) -> np.ndarray:
    tile = Image.fromarray(image[top : top + side, left : left + side]).convert("RGB")
    return np.asarray(tile.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR))


class Watershed(NamedTuple):
    """Objects as basins of the distance to the background.

    Attributes:
        bright: Whether objects are brighter than the background.
        smooth: Width of the filter that smooths pixels.
        apart: Least distance of two seeds in pixels.
    """

    bright: bool
    smooth: float
    apart: int

    def predict(self, X: np.ndarray, layout: Layout) -> np.ndarray:
        """Return grids."""
        grids = layout.empty(len(X))
        for grid, pixels in zip(grids, X, strict=True):
            self._fill(grid, self._basins(pixels), layout)
        return grids

    def _basins(self, pixels: np.ndarray) -> np.ndarray:
        from scipy.ndimage import distance_transform_edt, gaussian_filter
        from skimage.feature import peak_local_max
        from skimage.filters import threshold_otsu
        from skimage.segmentation import watershed

        grey = gaussian_filter(pixels.mean(axis=2), self.smooth) * (1 if self.bright else -1)
        mask = grey > threshold_otsu(grey)
        depth = gaussian_filter(distance_transform_edt(mask), 1.0)
        seeds = np.zeros(mask.shape, dtype=int)
        peaks = peak_local_max(depth, min_distance=self.apart, labels=mask.astype(int), exclude_border=False)
        seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
        return np.asarray(watershed(-depth, seeds, mask=mask))

    def _fill(self, grid: np.ndarray, basins: np.ndarray, layout: Layout) -> None:
        parts = [basins == one for one in range(1, basins.max() + 1)]
        corners = np.reshape([_corners_of(one) for one in parts], (-1, 4)) / _SIDE
        boxes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
        sizes = [float(one.sum()) for one in parts]
        for box, size in zip(boxes, sizes, strict=True):
            layout.place(grid, 0, box, 0.1 + 0.8 * size / max(sizes))  # large ones are surer
        if layout.masks:
            small = basins[::2, ::2]  # a grid has half as many pixels
            layout.place_pixels(grid, (small > 0).astype(float), small - 1, boxes)


def best_watershed(X: np.ndarray, y: np.ndarray, layout: Layout) -> Watershed:
    """Return the watershed with the best mAP on some tiles."""
    every = [Watershed(*one) for one in itertools.product((True, False), (1.0, 2.0, 4.0), (3, 6, 10))]
    return max(every, key=lambda one: METRICS["map"].score(y, one.predict(X, layout)))


_SETS = {"trees": trees, "nuclei": nuclei, "blobs": touching}


def main() -> None:
    """Measure the set that the command line names."""
    parser = parser_of(__doc__, algorithms="pixel_forest,centre_network,ssdlite")
    parser.add_argument("set", choices=tuple(_SETS))
    parser.add_argument("folder", type=Path, nargs="?", default=Path())
    options = parser.parse_args()
    tiles = sorted(_SETS[options.set](options.folder), key=lambda one: not one[0])
    masks, cut = options.set != "trees", sum(train for train, _ in tiles)
    X = np.stack([tile.pixels for _, tile in tiles])
    most = max(len(tile.objects) for _, tile in tiles)
    y = encode([to_cell(tile.objects) for _, tile in tiles], most=most, masks=masks)
    objects = sum(len(tile.objects) for _, tile in tiles[cut:])
    print(f"{cut} tiles to learn from, {len(tiles) - cut} tiles with {objects} objects set aside")
    layout = Layout(1, _GRID, masks)
    show("watershed", y[cut:], best_watershed(X[:cut], y[:cut], layout).predict(X[cut:], layout), 0.0)
    problem = problem_of(options.set, ["object"], masks=masks, grid=_GRID, most=most)
    found = measure(problem, X, y, cut, options)
    for name, raw in found.items() if masks else ():
        raw[..., 1 + EDGES + QUARTERS :] = 0  # pixels point to themselves
        show(f"{name}, by the nearest centre", y[cut:], raw, 0.0)


if __name__ == "__main__":
    main()
