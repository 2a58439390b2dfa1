"""Trains the networks for pictures on the accelerator and on the CPU, and prints seconds and scores of both.

    python -m tests.gpu.networks [--rows 2000]

Exits with 1 unless an accelerator was used, both score alike, and the exported models agree with each other.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np


def digits(rows: int) -> tuple[Any, np.ndarray]:
    """Return the digits of scikit-learn, enlarged to 32 x 32, repeated up to a number of rows."""
    from sklearn.datasets import load_digits

    from podium_ml.tabular.encoders import PixelRows

    pixels, y = load_digits(return_X_y=True)
    chosen = np.random.default_rng(0).integers(0, len(y), rows)
    large = (pixels[chosen].reshape(-1, 8, 8) * 15.9).astype(np.uint8).repeat(4, axis=1).repeat(4, axis=2)
    return PixelRows(large[..., None], np.zeros((rows, 0), np.float32)), y[chosen]


def classify(rows: int) -> float:
    """Return the accuracy of a convolutional network on held-out digits."""
    from podium_ml.tabular.algorithms._exported_network import without_torch
    from podium_ml.tabular.algorithms._picture_estimator import PictureClassifier

    X, y = digits(rows)
    cut = int(0.8 * rows)
    network = PictureClassifier(epochs=8, batch_size=64, learning_rate=0.004, width=24, depth=0, n_jobs=8)
    model = without_torch(network.fit(X[:cut], y[:cut]))
    return float((model.predict(X[cut:]) == y[cut:]).mean())


def find(rows: int) -> float:
    """Return the average precision at an overlap of one half of a centre network on scenes of blocks."""
    from podium_ml.objects.algorithms import ALGORITHMS
    from podium_ml.objects.precision import match, precisions
    from tests.contracts.test_object_finders import TRAIN, easy

    problem, X, y = easy(True)
    spec = ALGORITHMS["centre_network"]
    model = spec.fit_estimator(spec.build(problem, seed=0, n_jobs=8, effort=0.7), X[:TRAIN], y[:TRAIN])
    return float(np.nanmean(precisions(match(y[TRAIN:], model.predict(X[TRAIN:])))[:, 0]))


def timed(work: Callable[[int], float], rows: int) -> tuple[float, float]:
    """Return seconds and score."""
    began = time.perf_counter()
    score = work(rows)
    return time.perf_counter() - began, score


def main() -> int:
    """Run the checks; return the exit code."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000)
    rows = parser.parse_args().rows
    if not torch.cuda.is_available():
        print("No accelerator.")
        return 1
    print(torch.cuda.get_device_name(0))
    good = True
    for name, work in (("convolutional_network", classify), ("centre_network", find)):
        torch.cuda.reset_peak_memory_stats()
        seconds, score = timed(work, rows)
        used = torch.cuda.max_memory_allocated()
        with patch("torch.cuda.is_available", return_value=False):
            cpu_seconds, cpu_score = timed(work, rows)
        print(
            f"{name}: {seconds:.1f} s, score {score:.3f}, {used >> 20} MiB; CPU {cpu_seconds:.1f} s, {cpu_score:.3f}"
        )
        good &= used > 0 and abs(score - cpu_score) < 0.1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
