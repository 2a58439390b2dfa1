"""What goes into a grid comes out of it."""

import numpy as np

from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.grid import EDGES, PIXELS, decode, instance_masks, overlaps, suppress
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
    masks = instance_masks(boxes, np.ones((32, 32)), np.zeros((2, 32, 32)))
    assert not (masks[0] & masks[1]).any()
    assert masks[0][:, :15].any()
    assert not masks[0][:, 17:].any()


def test_pixels_belong_to_the_object_that_they_point_to():
    boxes = np.array([[0.0, 0.0, 0.75, 1.0], [0.25, 0.0, 0.75, 1.0]])
    pointers = np.zeros((2, 32, 32))
    pointers[0, :16] = 0.625 - (np.arange(32) + 0.5) / 32  # the upper half belongs to the right one
    pointers[0, 16:] = 0.375 - (np.arange(32) + 0.5) / 32
    left, right = instance_masks(boxes, np.ones((32, 32)), pointers)
    assert right[:16, 9:].all()
    assert not left[:16, 9:].any()
    assert left[16:, :23].all()


def test_objects_that_touch_are_encoded_and_decoded():
    size = 2 * LAYOUT.grid
    rows, columns = np.mgrid[:size, :size]
    owners = np.where(columns > rows, 1, 0)  # a diagonal, so that the boxes are almost the same
    owners[:, :8] = -1
    boxes = np.array([[0.25, 0.125, 0.6875, 0.875], [0.3125, 0.0, 0.6875, 0.875]])
    grid = LAYOUT.empty(1)[0]
    for at, box in enumerate(boxes):
        LAYOUT.place(grid, at, box, 0.9 - 0.1 * at)
    LAYOUT.place_pixels(grid, (owners >= 0).astype(float), owners, boxes)
    found = decode(grid, n_classes=2)
    assert found.classes.tolist() == [0, 1]
    for at, mask in enumerate(found.masks):
        own = owners == at
        assert (mask & own).sum() / (mask | own).sum() > 0.85


def test_channels_hold_classes_edges_and_pixels():
    assert LAYOUT.empty(1).shape == (1, 16, 16, 2 + EDGES + PIXELS)
