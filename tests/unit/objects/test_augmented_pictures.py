"""Grids of augmented pictures show what training does to pictures and their objects."""

import base64
import io
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from podium_ml.media.pixels import COLOUR, to_pixels
from podium_ml.objects.algorithms import ALGORITHMS
from podium_ml.objects.augmented_pictures import augmented_pictures
from podium_ml.objects.encoding import FIELDS, MASK, known_of
from podium_ml.objects.features import PICTURE

SIDE, BOX = 96, (30, 36, 36, 24)
NAMES = [name for name, spec in ALGORITHMS.items() if spec.augment is not None and spec.is_available()]
PROBLEM = SimpleNamespace(classes=("brick",), seed=0)


def block(*, masks: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture with a red block on black, and its encoded objects."""
    pixels = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    x, y, w, h = BOX
    pixels[y : y + h, x : x + w, 0] = 200
    row = np.full((2, FIELDS + (MASK * MASK if masks else 0)), np.nan, dtype=np.float32)
    row[0] = 1.0
    row[0, :FIELDS] = (0, *(np.array(BOX) / SIDE), 0, SIDE * SIDE)
    return pixels, row


def test_networks_that_change_pictures_say_so():
    assert {"centre_network", "map_head", "ssdlite", "mask_rcnn"} <= {
        name for name, spec in ALGORITHMS.items() if spec.augment is not None
    }
    assert ALGORITHMS["pixel_forest"].augment is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(4))
def test_boxes_and_masks_move_with_the_pixels(name, seed):
    spec = ALGORITHMS[name]
    pixels, row = block(masks="segmentation" in spec.tasks)
    seen, known = spec.augment(pixels, known_of(row), seed=seed)
    ink = seen[:, :, 0].astype(int) - seen[:, :, 1] > 60
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    real = [columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]]
    assert np.abs(known.boxes[0] * SIDE - real).max() <= 1.5
    if known.masks is not None:
        inside = known.on(SIDE)[0]
        assert (inside & ink).sum() > 0.9 * (inside | ink).sum()


@pytest.mark.parametrize("name", NAMES)
def test_augmenting_leaves_the_chances_of_training_alone(name):
    torch = pytest.importorskip("torch")
    pixels, row = block(masks=False)
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    first, second = (ALGORITHMS[name].augment(pixels, known_of(row), seed=3)[0] for _ in range(2))
    assert torch.equal(torch.rand(3), expected)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("masks", [False, True])
def test_the_grid_shows_pictures_with_objects_beside_augmented_ones(masks):
    pixels, row = block(masks=masks)
    cell, empty = to_pixels(Image.fromarray(pixels), SIDE, COLOUR), np.full_like(row, np.nan)
    table = SimpleNamespace(X=pd.DataFrame({PICTURE: [cell] * 3}), y=np.stack([row, empty, row]))
    group = augmented_pictures(PROBLEM, table, ALGORITHMS["centre_network"].augment, "Centre network")
    assert len(group["pictures"]) == 2
    assert "Centre network" in group["note"]
    strip = group["pictures"][0]
    assert (strip["note"], strip["wide"]) == ("brick", True)
    shown = Image.open(io.BytesIO(base64.b64decode(strip["src"].split(",")[1])))
    assert shown.width > 4.5 * shown.height
    parts = [np.asarray(shown)[:, 134 * at : 134 * at + 128] for at in range(5)]
    assert not any(np.array_equal(parts[0], one) for one in parts[1:])


@pytest.mark.skipif("ssdlite" not in NAMES, reason="needs torchvision")
def test_a_network_that_changes_nothing_has_no_grid():
    pixels, row = block(masks=False)
    cell = to_pixels(Image.fromarray(pixels), SIDE, COLOUR)
    table = SimpleNamespace(X=pd.DataFrame({PICTURE: [cell]}), y=row[None])
    unchanged = partial(ALGORITHMS["ssdlite"].augment, changes="none")
    assert augmented_pictures(PROBLEM, table, unchanged, "SSDlite") is None
