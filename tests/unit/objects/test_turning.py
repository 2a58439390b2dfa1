"""Annotations of pictures that their EXIF turns."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from podium_ml.objects.annotations import from_json
from podium_ml.objects.run_lengths import decode_mask, encode_mask
from podium_ml.readers import READERS, SourceFile
from podium_ml.settings import ReaderOptions

# A dark block in a stored picture of 80 by 50 pixels.
STORED, BLOCK = (80, 50), (10, 5, 20, 8)


def stored_picture(orientation):
    pixels = np.full((STORED[1], STORED[0], 3), 230, dtype=np.uint8)
    x, y, w, h = BLOCK
    pixels[y : y + h, x : x + w] = 20
    stream, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(stream, "PNG", exif=exif)
    return stream.getvalue()


def mask():
    found = np.zeros(STORED[::-1], dtype=bool)
    x, y, w, h = BLOCK
    found[y : y + h, x : x + w] = True
    return found


def read(path):
    reading = READERS["annotations"].read(SourceFile(str(path), path.name), ReaderOptions())
    rows = [row for batch in reading.batches for row in batch.to_pylist()]
    pixels = np.asarray(Image.open(io.BytesIO(rows[0]["picture"])).convert("L"))
    dark = np.argwhere(pixels < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0) + 1
    return from_json(rows[0]["objects"]), (left, top, right - left, bottom - top), pixels < 128


@pytest.mark.parametrize("orientation", [1, 5, 6, 7, 8])
@pytest.mark.parametrize("shape", ["box", "polygon", "runs"])
def test_objects_turn_with_the_stored_picture_that_annotations_are_about(tmp_path, orientation, shape):
    (tmp_path / "a.png").write_bytes(stored_picture(orientation))
    x, y, w, h = BLOCK
    corners = [x, y, x + w, y, x + w, y + h, x, y + h]
    segmentation = {"polygon": [corners], "runs": encode_mask(mask())}.get(shape)
    one = {"id": 1, "image_id": 1, "category_id": 1, "bbox": list(BLOCK) if shape == "box" else None}
    content = {
        "images": [{"id": 1, "file_name": "a.png", "width": STORED[0], "height": STORED[1]}],
        "categories": [{"id": 1, "name": "block"}],
        "annotations": [{**one, **({"segmentation": segmentation} if segmentation else {})}],
    }
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(content))
    (found,), wanted, dark = read(path)
    if shape == "box":
        assert found.box == wanted
    elif shape == "polygon":
        xs, ys = found.polygons[0][::2], found.polygons[0][1::2]
        assert (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)) == wanted
    else:
        assert np.array_equal(decode_mask(found.runs), dark)


def test_objects_of_the_upright_picture_stay(tmp_path):
    (tmp_path / "a.png").write_bytes(stored_picture(6))
    content = {
        "images": [{"id": 1, "file_name": "a.png", "width": STORED[1], "height": STORED[0]}],
        "categories": [{"id": 1, "name": "block"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [37, 10, 8, 20]}],
    }
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(content))
    (found,), wanted, _ = read(path)
    assert found.box == wanted == (37, 10, 8, 20)


@pytest.mark.parametrize("turned", [False, True])
def test_instance_masks_of_a_turned_picture(tmp_path, turned):
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "images" / "a.png").write_bytes(stored_picture(6))
    values = np.rot90(mask(), -1) if turned else mask()
    Image.fromarray(values.astype(np.uint8)).save(tmp_path / "masks" / "a.png")
    (found,), _, dark = read(tmp_path)
    assert np.array_equal(decode_mask(found.runs), dark)
