"""What goes into a grid comes out of it."""

import numpy as np

from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.grid import EDGES, decode, instance_masks, overlaps, suppress
from podium_ml.objects.targets.found_objects import SPEC as OBJECTS

LAYOUT = Layout(classes=2, grid=16, masks=True)


def test_objects_come_back():
    grid = LAYOUT.empty(1)[0]
    boxes = np.array([[0.1, 0.1, 0.2, 0.3], [0.6, 0.5, 0.3, 0.2]])
    for code, box in enumerate(boxes):
        LAYOUT.place(grid, code, box, 0.9 - 0.1 * code)
    found = decode(grid, n_classes=2)
    np.testing.assert_allclose(found.boxes, boxes, atol=1e-6)
    assert found.classes.tolist() == [0, 1]


def test_classes_in_another_order_are_the_same_objects():
    """A champion is compared with the classes in the order of the challenger's problem."""
    grids = LAYOUT.empty(1)
    LAYOUT.place(grids[0], 0, np.array([0.1, 0.1, 0.2, 0.3]), 0.9)
    found = decode(OBJECTS.reordered(grids, [1, 0])[0], n_classes=2)
    assert found.classes.tolist() == [1]
    np.testing.assert_allclose(found.boxes, [[0.1, 0.1, 0.2, 0.3]], atol=1e-6)
    np.testing.assert_array_equal(OBJECTS.reordered(grids, [0, 1]), grids)


def test_mirrored_grids_give_mirrored_boxes():
    grid = LAYOUT.empty(1)[0]
    LAYOUT.place(grid, 0, np.array([0.1, 0.2, 0.25, 0.3]), 0.8)
    mirrored = grid[:, ::-1].copy()
    left, right = mirrored[:, :, 2].copy(), mirrored[:, :, 4].copy()
    mirrored[:, :, 2], mirrored[:, :, 4] = right, left
    x, y, w, h = decode(mirrored, n_classes=2).boxes[0]
    np.testing.assert_allclose([1 - x - w, y, w, h], [0.1, 0.2, 0.25, 0.3], atol=1e-6)


def test_one_of_two_boxes_of_a_class_at_the_same_place_is_kept():
    boxes = np.array([[0.1, 0.1, 0.2, 0.2], [0.11, 0.1, 0.2, 0.2], [0.5, 0.5, 0.2, 0.2]])
    assert suppress(boxes, np.zeros(3, dtype=int)).tolist() == [0, 2]
    assert suppress(boxes, np.array([0, 1, 0])).tolist() == [0, 1, 2]
    np.testing.assert_allclose(overlaps(boxes, boxes).diagonal(), 1)


def test_touching_objects_share_pixels_by_their_centres():
    boxes = np.array([[0.0, 0.2, 0.5, 0.5], [0.5, 0.2, 0.5, 0.5]])
    masks = instance_masks(boxes, np.ones((32, 32)))
    assert not (masks[0] & masks[1]).any()
    assert masks[0][:, :15].any()
    assert not masks[0][:, 17:].any()


def test_channels_hold_classes_edges_and_quarters():
    assert LAYOUT.empty(1).shape == (1, 16, 16, 2 + EDGES + 4)
