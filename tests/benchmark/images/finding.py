"""What benchmarks of boxes and masks share: maps of a pretrained network, equal seconds for all, rows of Markdown."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from podium_ml.contracts import ObjectTask, Problem
from podium_ml.metrics import METRICS
from podium_ml.objects.algorithms import ALGORITHMS
from podium_ml.objects.frozen_maps import read_map_encoder
from podium_ml.objects.map_rows import MapRows, read_cells, to_cells
from podium_ml.objects.targets.found_objects import SPEC as TARGET
from podium_ml.run.budget import Deadline

_METRICS = ("map_50", "map")


def parser_of(text: str | None, *, algorithms: str) -> argparse.ArgumentParser:
    """Return a parser of what all these benchmarks can be told."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--algorithms", default=algorithms)
    parser.add_argument("--backbone", type=Path)
    return parser


def problem_of(name: str, classes: Sequence[str], *, masks: bool, grid: int, most: int) -> Problem:
    """Return a problem of objects."""
    return Problem(
        name, "segmentation" if masks else "detection", "objects", "map", (), classes=tuple(classes),
        kind="objects", target_type="found_objects", objects=ObjectTask(masks, grid, most),
    )  # fmt: skip


def measure(
    problem: Problem, X: np.ndarray, y: np.ndarray, cut: int, options: argparse.Namespace
) -> dict[str, np.ndarray]:
    """Print how well algorithms find objects, and return their raw predictions.

    Args:
        problem: The problem.
        X: Pixels.
        y: Encoded objects.
        cut: Number of rows to learn from; the others are predicted.
        options: What ``parser_of`` reads.
    """
    assert problem.objects is not None
    rows = with_maps(X, options.backbone, grid=problem.objects.grid) if options.backbone else None
    found = {}
    for name in options.algorithms.split(","):
        spec, began = ALGORITHMS[name], time.perf_counter()
        own = rows if spec.needs == "maps" else X
        more = {"effort": 1000.0} if "effort" in spec.search_space else {}  # the deadline ends the training
        model = spec.build(problem, seed=0, n_jobs=options.threads, **more)
        model = spec.fit_estimator(model, own[:cut], y[:cut], deadline=Deadline.after(options.seconds))
        seconds, found[name] = time.perf_counter() - began, model.predict(own[cut:])
        show(name, y[cut:], found[name], seconds)
    parts = [raw for name, raw in found.items() if name != "baseline"]
    if len(parts) > 1:
        together = TARGET.combine([1 / len(parts)] * len(parts), parts, n_outputs=len(problem.classes))
        show("all", y[cut:], together, 0.0)
    return found


def with_maps(X: np.ndarray, weights: Path, *, grid: int) -> MapRows:
    """Return pixels and maps of them, and print how long they took."""
    began, images = time.perf_counter(), [Image.fromarray(one) for one in X]
    encoder = read_map_encoder(weights, images, count=len(X), most=X.shape[1], grid=grid)
    assert encoder is not None
    maps = tuple(read_cells(to_cells(one)) for one in encoder.maps(images))
    print(f"| maps of {encoder.side} pixels | | | {time.perf_counter() - began:.0f} |", flush=True)
    return MapRows(X, maps)


def show(name: str, y: np.ndarray, raw: np.ndarray, seconds: float) -> None:
    """Print a row of Markdown."""
    scores = " | ".join(f"{METRICS[one].score(y, raw):.3f}" for one in _METRICS)
    print(f"| {name} | {scores} | {seconds:.0f} |", flush=True)
