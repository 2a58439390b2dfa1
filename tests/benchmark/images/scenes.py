"""How well single algorithms find digits in composed scenes within some seconds: mAP@50 and mAP on a fifth.

    python -m tests.benchmark.images.scenes [--scenes 400] [--seconds 60] [--algorithms centre_network,ssdlite]
        [--backbone WEIGHTS]

Scenes are real digits (scikit-learn's) on noise, up to six in a picture of 128 x 96 pixels. ``WEIGHTS`` is a folder of
pretrained weights, whose maps are made before the seconds count; what they take is printed. The last row, ``all``, is
what the algorithms find together, with equal weights but for the baseline.
"""

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from podium_ml.objects.encoding import FIELDS
from tests.benchmark.images.finding import measure, parser_of, problem_of

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
        y[row, : len(objects), :-1], y[row, :, -1] = objects, _WIDTH * _HEIGHT
    return np.stack(X), y


def main() -> None:
    """Measure the algorithms that the command line names."""
    parser = parser_of(__doc__, algorithms="baseline,pixel_forest,centre_network,ssdlite")
    parser.add_argument("--scenes", type=int, default=400)
    options = parser.parse_args()
    X, y = scenes(options.scenes)
    problem = problem_of("digits", [str(one) for one in range(10)], masks=False, grid=_GRID, most=_MOST)
    measure(problem, X, y, int(0.8 * len(X)), options)


if __name__ == "__main__":
    main()
