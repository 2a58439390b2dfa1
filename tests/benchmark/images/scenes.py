"""How well single algorithms find digits in composed scenes within some seconds: mAP@50 and mAP on a fifth.

    python -m tests.benchmark.images.scenes [--scenes 400] [--seconds 60] [--algorithms centre_network,ssdlite]
        [--backbone WEIGHTS]

Scenes are real digits (scikit-learn's) on noise, up to six in a picture of 128 x 96 pixels. ``WEIGHTS`` is a folder of
pretrained weights, whose maps are made before the seconds count; what they take is printed. The last row, ``all``, is
what the algorithms find together, with equal weights but for the baseline.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from podium_ml.contracts import ObjectTask, Problem
from podium_ml.metrics import METRICS
from podium_ml.objects.algorithms import ALGORITHMS
from podium_ml.objects.encoding import FIELDS
from podium_ml.objects.frozen_maps import read_map_encoder
from podium_ml.objects.map_rows import MapRows, read_cells, to_cells
from podium_ml.objects.targets.found_objects import SPEC as TARGET
from podium_ml.run.budget import Deadline

_WIDTH, _HEIGHT, _GRID, _MOST = 128, 96, 32, 6


def scene(
    random: np.random.Generator, images: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, list[list[float]]]:
    """Return pixels and objects, as ``podium_ml.objects.encoding`` has them, of one scene."""
    pixels = random.normal(90, 18, (_HEIGHT, _WIDTH, 3)).clip(0, 255)
    taken: list[tuple[int, int, int]] = []
    objects = []
    for _ in range(int(random.integers(1, _MOST + 1))):
        side = 8 * int(random.integers(2, 4))
        x, y = int(random.integers(0, _WIDTH - side)), int(random.integers(0, _HEIGHT - side))
        if any(abs(x - a) < max(side, s) and abs(y - b) < max(side, s) for a, b, s in taken):
            continue
        taken.append((x, y, side))
        at = int(random.integers(len(labels)))
        ink = (images[at] / 16).repeat(side // 8, axis=0).repeat(side // 8, axis=1)
        colour = random.integers(170, 255, 3)
        part = pixels[y : y + side, x : x + side]
        part += ink[..., None] * (colour - part)
        rows, columns = np.nonzero(ink > 0.2)
        left, top = x + columns.min(), y + rows.min()
        box = [left, top, x + columns.max() + 1 - left, y + rows.max() + 1 - top]
        objects.append(
            [float(labels[at]), *(v / s for v, s in zip(box, (_WIDTH, _HEIGHT) * 2, strict=True)), 0.0]
        )
    return pixels.astype(np.uint8), objects


def scenes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels as algorithms read them, and encoded objects."""
    random, digits = np.random.default_rng(0), load_digits()
    X, y = [], np.full((count, _MOST, FIELDS), np.nan, dtype=np.float32)
    for row in range(count):
        pixels, objects = scene(random, digits.images, digits.target)
        X.append(np.asarray(Image.fromarray(pixels).resize((4 * _GRID, 4 * _GRID))))
        y[row, : len(objects)] = objects
    return np.stack(X), y


def with_maps(X: np.ndarray, weights: Path) -> MapRows:
    """Return pixels and maps of them, and print how long they took."""
    began, images = time.perf_counter(), [Image.fromarray(one) for one in X]
    encoder = read_map_encoder(weights, images, count=len(X), most=_WIDTH, grid=_GRID)
    assert encoder is not None
    maps = tuple(read_cells(to_cells(one)) for one in encoder.maps(images))
    print(f"| maps of {encoder.side} pixels | | | {time.perf_counter() - began:.0f} |", flush=True)
    return MapRows(X, maps)


def main() -> None:
    """Measure the algorithms that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--algorithms", default="baseline,pixel_forest,centre_network,ssdlite")
    parser.add_argument("--backbone", type=Path)
    options = parser.parse_args()
    X, y = scenes(options.scenes)
    cut = int(0.8 * len(X))
    rows = with_maps(X, options.backbone) if options.backbone else None
    classes = tuple(str(one) for one in range(10))
    problem = Problem(
        "digits", "detection", "objects", "map", (), classes=classes, kind="objects",
        target_type="found_objects", objects=ObjectTask(False, _GRID, _MOST),
    )  # fmt: skip
    found = {}
    for name in options.algorithms.split(","):
        spec, began = ALGORITHMS[name], time.perf_counter()
        own = rows if spec.needs == "maps" else X
        more = {"effort": 1000.0} if "effort" in spec.search_space else {}  # the deadline ends the training
        model = spec.build(problem, seed=0, n_jobs=options.threads, **more)
        model = spec.fit_estimator(model, own[:cut], y[:cut], deadline=Deadline.after(options.seconds))
        seconds, found[name] = time.perf_counter() - began, model.predict(own[cut:])
        show(name, y[cut:], found[name], seconds)
    found.pop("baseline", None)
    together = TARGET.combine([1 / len(found)] * len(found), list(found.values()), n_outputs=len(classes))
    show("all", y[cut:], together, 0.0)


def show(name: str, y: np.ndarray, raw: np.ndarray, seconds: float) -> None:
    """Print a row of Markdown."""
    scores = " | ".join(f"{METRICS[one].score(y, raw):.3f}" for one in ("map_50", "map"))
    print(f"| {name} | {scores} | {seconds:.0f} |", flush=True)


if __name__ == "__main__":
    main()
