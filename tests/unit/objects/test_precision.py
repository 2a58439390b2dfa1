"""Average precision agrees with COCO's own evaluation."""

import contextlib
import io

import numpy as np
import pytest

from podium_ml.objects.encoding import FIELDS
from podium_ml.objects.grid import EDGES, decode
from podium_ml.objects.precision import match, precisions

GRID, CLASSES, SIZE = 16, 2, 200


def data(seed: int, pictures: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Return objects, some of them crowds, and predictions that are partly right."""
    rng = np.random.default_rng(seed)
    y = np.full((pictures, 4, FIELDS), np.nan, dtype=np.float32)
    raw = np.zeros((pictures, GRID, GRID, CLASSES + EDGES), dtype=np.float32)
    for row in range(pictures):
        for at in range(rng.integers(0, 4)):
            w, h = rng.uniform(0.15, 0.3, 2)
            x, y0 = rng.uniform(0, 1 - w), rng.uniform(0, 1 - h)
            code = int(rng.integers(CLASSES))
            y[row, at] = (code, x, y0, w, h, rng.random() < 0.1)
            if rng.random() < 0.85:
                shift = rng.normal(0, 0.02, 4)
                put(raw[row], code if rng.random() < 0.9 else 1 - code, np.array([x, y0, w, h]) + shift, rng)
        for _ in range(rng.integers(0, 3)):
            put(raw[row], int(rng.integers(CLASSES)), np.array([*rng.uniform(0, 0.7, 2), 0.2, 0.2]), rng)
    return y, raw


def put(grid: np.ndarray, code: int, box: np.ndarray, rng: np.random.Generator) -> None:
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    column, row = min(GRID - 1, max(0, int(x * GRID))), min(GRID - 1, max(0, int(y * GRID)))
    cx, cy = (column + 0.5) / GRID, (row + 0.5) / GRID
    grid[row, column, code] = rng.uniform(0.1, 1)
    grid[row, column, CLASSES:] = np.maximum(
        0.01, [cx - box[0], cy - box[1], box[0] + box[2] - cx, box[1] + box[3] - cy]
    )


def coco_score(y: np.ndarray, raw: np.ndarray) -> float:
    faster = pytest.importorskip("faster_coco_eval")
    images = [{"id": at, "width": SIZE, "height": SIZE} for at in range(len(y))]
    truth, found = [], []
    for at, row in enumerate(y):
        for code, *box, crowd in row[~np.isnan(row[:, 0])]:
            box = [float(one) * SIZE for one in box]
            truth.append(
                {
                    "id": len(truth) + 1,
                    "image_id": at,
                    "category_id": int(code) + 1,
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": int(crowd),
                }
            )
        one = decode(raw[at], n_classes=CLASSES)
        for box, code, score in zip(one.boxes, one.classes, one.scores, strict=True):
            found.append(
                {
                    "image_id": at,
                    "category_id": int(code) + 1,
                    "bbox": (box * SIZE).tolist(),
                    "score": float(score),
                }
            )
    with contextlib.redirect_stdout(io.StringIO()):
        own = faster.COCO({"images": images, "annotations": truth, "categories": [{"id": 1}, {"id": 2}]})
        ran = faster.COCOeval_faster(own, own.loadRes(found), "bbox", print_function=lambda *_: None)
        ran.evaluate()
        ran.accumulate()
        ran.summarize()
    return float(ran.stats[0])


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_faster_coco_eval(seed):
    y, raw = data(seed)
    assert np.nanmean(precisions(match(y, raw))) == pytest.approx(coco_score(y, raw), abs=2e-3)


def test_perfect_predictions_score_one():
    y = np.full((3, 1, FIELDS), np.nan, dtype=np.float32)
    raw = np.zeros((3, GRID, GRID, CLASSES + EDGES), dtype=np.float32)
    for row, box in enumerate(([0.1, 0.2, 0.3, 0.3], [0.5, 0.5, 0.25, 0.4])):
        y[row, 0] = (row, *box, 0)
        put(raw[row], row, np.array(box), np.random.default_rng(0))
    assert np.nanmean(precisions(match(y, raw))) == 1.0
