"""Tests of pictures with the objects that were found in them."""

import numpy as np
import pytest
from PIL import Image

from podium_ml.objects.coco_output import FoundPicture
from podium_ml.objects.drawing import draw_objects
from podium_ml.objects.grid import Detections


def found(*, width, height, masks=False):
    """Return one object in the upper left quarter of a picture."""
    mask = np.zeros((1, 20, 20), dtype=bool)
    mask[:, :10, :10] = True
    box = np.array([[0.0, 0.0, 0.5, 0.5]])
    return FoundPicture(
        "a.png",
        width,
        height,
        Detections(box, np.array([0]), np.array([0.9]), mask if masks else None),
    )


@pytest.mark.parametrize(
    ("width", "height", "size"), [(28, 14, (480, 240)), (800, 600, (800, 600)), (4000, 3000, (1600, 1200))]
)
def test_drawing_has_a_size_that_can_be_looked_at(width, height, size):
    drawn = draw_objects(Image.new("RGB", (width, height)), found(width=width, height=height), ["bolt"])
    assert drawn.size == size


def test_masks_are_veiled_and_the_rest_stays():
    picture = found(width=600, height=600, masks=True)
    pixels = np.asarray(draw_objects(Image.new("RGB", (600, 600)), picture, ["bolt"]))
    assert pixels[200, 200].any()
    assert not pixels[450, 450].any()
