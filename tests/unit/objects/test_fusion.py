"""What several models find together: their boxes are fused, and their masks averaged."""

import numpy as np
import pytest

from podium_ml.contracts import ObjectTask, Problem
from podium_ml.ensembling import Pool, PoolMember, build_weighted
from podium_ml.metrics import METRICS
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import FIELDS
from podium_ml.objects.fusion import BoxFusion
from podium_ml.objects.grid import EDGES, QUARTERS, decode
from podium_ml.objects.targets.found_objects import SPEC as OBJECTS
from podium_ml.run.budget import Deadline

METRIC = METRICS["map"]
LAYOUT = Layout(classes=2, grid=16, masks=False)
BOX = np.array([0.2, 0.3, 0.25, 0.2])
# By a sixth of its width to the right, in another cell of the grid.
MOVED = BOX + np.array([0.04, 0, 0, 0])


def grids(*objects, layout=LAYOUT):
    """Return the grid of a model that finds some objects: class, box, score."""
    raw = layout.empty(1)
    for code, box, score in objects:
        layout.place(raw[0], code, np.asarray(box), score)
    return raw


def fused(weights, *predictions):
    return decode(OBJECTS.combine(weights, predictions, n_outputs=2)[0], n_classes=2)


def test_overlapping_boxes_of_a_class_are_one_object_between_them():
    """The weighted mean of boxes with the confidence as weight, and of scores; equations 1 to 3 of the paper."""
    found = fused([0.5, 0.5], grids((0, BOX, 0.9)), grids((0, MOVED, 0.3)))
    np.testing.assert_allclose(found.boxes, [(0.9 * BOX + 0.3 * MOVED) / 1.2], atol=1e-6)
    np.testing.assert_allclose(found.scores, [0.6], atol=1e-6)


def test_weights_of_models_count():
    found = fused([0.2, 0.8], grids((0, BOX, 0.9)), grids((0, MOVED, 0.3)))
    np.testing.assert_allclose(found.boxes, [(0.18 * BOX + 0.24 * MOVED) / 0.42], atol=1e-6)
    np.testing.assert_allclose(found.scores, [0.18 + 0.24], atol=1e-6)


def test_what_one_model_of_two_sees_counts_half():
    other = [0.7, 0.1, 0.2, 0.2]
    found = fused([0.5, 0.5], grids((0, BOX, 0.8)), grids((0, BOX, 0.8), (1, other, 0.6)))
    np.testing.assert_allclose(found.boxes, [BOX, other], atol=1e-6)
    np.testing.assert_allclose(found.scores, [0.8, 0.3], atol=1e-6)
    assert found.classes.tolist() == [0, 1]


def test_boxes_of_other_classes_or_places_stay_apart():
    far = BOX + np.array([0.3, 0, 0, 0])
    found = fused([0.5, 0.5], grids((0, BOX, 0.8)), grids((1, MOVED, 0.8), (0, far, 0.8)))
    assert len(found.scores) == 3
    np.testing.assert_allclose(found.scores, 0.4, atol=1e-6)


def test_one_model_alone_finds_what_it_found():
    raw = grids((0, BOX, 0.9), (1, [0.6, 0.6, 0.3, 0.3], 0.4))
    for weights, parts in (([1.0], [raw]), ([1.0, 0.0], [raw, grids((0, MOVED, 0.9))])):
        found, own = fused(weights, *parts), decode(raw[0], n_classes=2)
        np.testing.assert_allclose(found.boxes, own.boxes, atol=1e-6)
        np.testing.assert_allclose(found.scores, own.scores, atol=1e-6)


def test_masks_are_averaged():
    layout = Layout(classes=2, grid=16, masks=True)
    one, other = grids((0, BOX, 0.9), layout=layout), grids(layout=layout)
    inside, pointers = (slice(2 + EDGES, 2 + EDGES + QUARTERS), slice(2 + EDGES + QUARTERS, None))
    one[..., inside], other[..., inside] = 0.8, 0.4
    one[..., pointers], other[..., pointers] = 0.1, -0.1
    raw = OBJECTS.combine([0.75, 0.25], [one, other], n_outputs=2)
    np.testing.assert_allclose(raw[..., inside], 0.7, atol=1e-6)
    # A model that sees an object there counts more where the pixel points to: (.6 * .1 - .1 * .1) / .7.
    np.testing.assert_allclose(raw[..., pointers], 0.05 / 0.7, atol=1e-6)


def test_pictures_without_objects():
    assert not OBJECTS.combine([0.5, 0.5], [LAYOUT.empty(3)] * 2, n_outputs=2).any()


def test_grids_of_several_pictures_are_fused_one_by_one():
    parts = [np.concatenate([grids((0, box, 0.9)), grids((1, box, 0.5))]) for box in (BOX, MOVED)]
    fusion = BoxFusion(parts, n_classes=2)
    for weights in ([0.5, 0.5], [0.9, 0.1]):
        both = fusion(weights)
        single = [OBJECTS.combine(weights, [one[[at]] for one in parts], n_outputs=2) for at in range(2)]
        np.testing.assert_allclose(both, np.concatenate(single), atol=1e-7)


def scattered(seed, skills):
    """Return objects of 40 pictures, and grids of models that place each a little wrong, less so the more skilled."""
    random, rows = np.random.default_rng(seed), 40
    y = np.full((rows, 1, FIELDS), np.nan, dtype=np.float32)
    parts = [LAYOUT.empty(rows) for _ in skills]
    for row in range(rows):
        box = np.array([*random.uniform(0.1, 0.5, 2), *random.uniform(0.2, 0.35, 2)])
        y[row, 0] = [0, *box, 0, 10_000]
        for part, skill in zip(parts, skills, strict=True):
            LAYOUT.place(part[row], 0, box + random.normal(0, 0.02 / skill, 4), random.uniform(0.5, 0.9))
    return y, parts


@pytest.mark.parametrize("seed", range(3))
def test_models_with_errors_of_their_own_are_better_together(seed):
    """Each places boxes a little wrong; fused ones are more precise, whereas averaged grids would halve their edges."""
    y, parts = scattered(seed, (1, 1, 1, 1))
    together = OBJECTS.combine([0.25] * 4, parts, n_outputs=2)
    best, averaged = max(METRIC.score(y, raw) for raw in parts), METRIC.score(y, np.mean(parts, axis=0))
    assert METRIC.score(y, together) > max(best, averaged) + 0.05


def test_ensembles_choose_weights_by_what_is_found_together():
    y, parts = scattered(0, (1, 1, 1, 0.2))
    scores = [METRIC.score(y, raw) for raw in parts]
    problem = Problem(
        "p", "detection", "objects", "map", (), classes=("a", "b"), kind="objects",
        target_type="found_objects", objects=ObjectTask(False, 16, 1),
    )  # fmt: skip
    pool = Pool(
        members=tuple(PoolMember(f"algorithm_{at}", 0, score, True) for at, score in enumerate(scores)),
        oof=np.stack(parts),
        rows=np.arange(len(y)),
        y=y,
        weight=None,
        folds=[(np.arange(20), np.arange(20, 40)), (np.arange(20, 40), np.arange(20))],
        metric=METRIC,
        target=OBJECTS,
        n_rows=len(y),
        problem=problem,
    )
    ensemble, oof, _ = build_weighted(pool, deadline=Deadline())
    used = {one.algorithm: one.weight for one in ensemble.members}
    assert len(used) >= 2
    assert used.get("algorithm_3", 0.0) < min(used.values()) + 0.1
    # The score is that of rows whose weights were chosen on others, and of fused boxes.
    assert ensemble.score > max(scores) + 0.05
    np.testing.assert_allclose(METRIC.score(y, oof.values), ensemble.score)
