"""Average precision agrees with COCO's own evaluation, and mean IoU with pixels that are counted by hand."""

import contextlib
import io

import numpy as np
import pytest

from podium_ml.metrics import METRICS
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import FIELDS, MASK
from podium_ml.objects.grid import EDGES, QUARTERS, decode
from podium_ml.objects.precision import match, precisions
from podium_ml.resampling import ResampledModel, Resamples

GRID, CLASSES = 16, 2
SIDES = (90, 200, 420)


def data(seed: int, pictures: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Return objects, some of them crowds, and predictions that are partly right."""
    rng = np.random.default_rng(seed)
    y = np.full((pictures, 4, FIELDS), np.nan, dtype=np.float32)
    raw = np.zeros((pictures, GRID, GRID, CLASSES + EDGES), dtype=np.float32)
    for row in range(pictures):
        y[row, :, -1] = SIDES[row % len(SIDES)] ** 2
        for at in range(rng.integers(0, 4)):
            w, h = rng.uniform(0.15, 0.3, 2)
            x, y0 = rng.uniform(0, 1 - w), rng.uniform(0, 1 - h)
            code = int(rng.integers(CLASSES))
            y[row, at, :-1] = (code, x, y0, w, h, rng.random() < 0.1)
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


def coco_scores(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    faster = pytest.importorskip("faster_coco_eval")
    sides = [round(float(row[0, -1]) ** 0.5) for row in y]
    images = [{"id": at, "width": side, "height": side} for at, side in enumerate(sides)]
    truth, found = [], []
    for at, row in enumerate(y):
        for code, *box, crowd, _ in row[~np.isnan(row[:, 0])]:
            box = [float(one) * sides[at] for one in box]
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
                    "bbox": (box * sides[at]).tolist(),
                    "score": float(score),
                }
            )
    with contextlib.redirect_stdout(io.StringIO()):
        own = faster.COCO({"images": images, "annotations": truth, "categories": [{"id": 1}, {"id": 2}]})
        ran = faster.COCOeval_faster(own, own.loadRes(found), "bbox", print_function=lambda *_: None)
        ran.evaluate()
        ran.accumulate()
        ran.summarize()
    return np.array(ran.stats[:6])


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_faster_coco_eval(seed):
    y, raw = data(seed)
    names = ("map", "map_50", "map_75", "map_small", "map_medium", "map_large")
    assert [METRICS[name].score(y, raw) for name in names] == pytest.approx(coco_scores(y, raw), abs=2e-3)


def test_a_size_without_objects_has_no_score():
    y, raw = data(0)
    y[:, :, -1] = 20**2
    assert METRICS["map_small"].score(y, raw) == pytest.approx(METRICS["map"].score(y, raw))
    assert np.isnan([METRICS[f"map_{name}"].score(y, raw) for name in ("medium", "large")]).all()


def test_boxes_at_the_border_of_sizes_count_for_both():
    y, raw = np.full((1, 1, FIELDS), np.nan, dtype=np.float32), np.zeros((1, GRID, GRID, CLASSES + EDGES))
    box = np.array([0.1, 0.1, 0.4, 0.25]).round(6)
    y[0, 0] = (0, *box, 0, 80 * 128)
    put(raw[0], 0, box, np.random.default_rng(0))
    assert [METRICS[f"map_{name}"].score(y, raw) for name in ("small", "medium")] == [1.0, 1.0]


@pytest.mark.parametrize("name", ["map", "map_medium", "average_recall", "best_f1"])
def test_resamples_score_as_their_rows_do(name):
    y, raw = data(1)
    resamples = Resamples.draw(y, None, np.random.default_rng(0))
    model = ResampledModel(resamples, raw, None)
    for number in range(3):
        rows = np.repeat(np.arange(len(y)), resamples.counts[:, number])
        assert model.score_one(METRICS[name], number) == METRICS[name].score(y[rows], raw[rows])


def test_perfect_predictions_score_one():
    y = np.full((3, 1, FIELDS), np.nan, dtype=np.float32)
    raw = np.zeros((3, GRID, GRID, CLASSES + EDGES), dtype=np.float32)
    for row, box in enumerate(([0.1, 0.2, 0.3, 0.3], [0.5, 0.5, 0.25, 0.4])):
        y[row, 0] = (row, *box, 0, 10_000)
        put(raw[row], row, np.array(box), np.random.default_rng(0))
    assert np.nanmean(precisions(match(y, raw))) == 1.0


def with_masks(pixels: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return objects and predictions of two pictures of 16 by 16 cells, with so many pixels.

    In the first, an object of class 0 has its left half marked, and all of it is found. In the second, an object of
    class 1 is marked and missed, and one of class 0 is found with a score of .4 where there is none.
    """
    layout, y = Layout(2, GRID, masks=True), np.zeros((2, 1, FIELDS + MASK * MASK), dtype=np.float32)
    left = np.zeros((MASK, MASK))
    left[:, : MASK // 2] = 1
    y[0, 0] = (0, 4 / GRID, 4 / GRID, 4 / GRID, 4 / GRID, 0, pixels[0], *left.ravel())
    y[1, 0] = (1, 8 / GRID, 8 / GRID, 2 / GRID, 2 / GRID, 0, pixels[1], *np.ones(MASK * MASK))
    raw = layout.empty(2)
    for row, (start, score) in enumerate(((4, 0.9), (0, 0.4))):
        layout.place(raw[row], 0, np.array([start / GRID, start / GRID, 4 / GRID, 4 / GRID]), score)
        cells = slice(start, start + 4)
        raw[row, cells, cells, 2 + EDGES : 2 + EDGES + QUARTERS] = 1
    return y, raw


def test_mean_iou_counts_pixels():
    metric, (y, raw) = METRICS["mean_iou"], with_masks((256, 256))
    # Of class 0, 8 cells are both marked and found, 16 are either in each picture. Of class 1, none of 4 are found.
    assert metric.score(y, raw) == pytest.approx((8 / 32 + 0) / 2)
    assert metric.score(y, raw, threshold=0.5) == pytest.approx((8 / 16 + 0) / 2)
    assert metric.score(y[:1], raw[:1], threshold=0.5) == pytest.approx(8 / 16)


def test_mean_iou_counts_large_pictures_more():
    y, raw = with_masks((256, 512))
    assert METRICS["mean_iou"].score(y, raw) == pytest.approx((8 / (16 + 32) + 0) / 2)


def test_mean_iou_leaves_crowds_out():
    metric, (y, raw) = METRICS["mean_iou"], with_masks((256, 256))
    y[0, 0, 5] = 1
    # The right half of the object is found and not marked as crowd.
    assert metric.score(y[:1], raw[:1]) == 0.0
    y[0, 0, 7:] = 1
    assert np.isnan(metric.score(y[:1], raw[:1]))


def test_mean_iou_of_resamples_is_at_the_threshold_of_the_model():
    y, raw = with_masks((256, 256))
    resamples = Resamples.draw(y, None, np.random.default_rng(0))
    scores = ResampledModel(resamples, raw, 0.5).scores(METRICS["mean_iou"])
    assert scores[0] == pytest.approx(0.25)
