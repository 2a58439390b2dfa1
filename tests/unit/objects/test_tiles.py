"""Objects in large pictures, which are looked at window by window."""

import base64
import io
from functools import partial

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.ndimage import find_objects, label

from podium_ml.errors import DataError
from podium_ml.kinds import KINDS
from podium_ml.media.decoding import decode_any
from podium_ml.media.packing import pack
from podium_ml.objects.grid import Detections
from podium_ml.objects.occlusion import occlusion_maps
from podium_ml.objects.predictor import ObjectFinder
from podium_ml.objects.tiles import find_in_tiles, windows
from podium_ml.run.budget import Deadline
from tests.unit.objects.scenes import COLOURS, HEIGHT, WIDTH, scene
from tests.unit.objects.test_algorithms import fitted


def blocks_in(images, *, masks=False):
    """Find the dark blocks of pictures exactly, each at its part of the window."""
    found = []
    for image in images:
        groups, count = label(np.asarray(image)[:, :, 0] < 100)
        places = find_objects(groups)
        boxes = [
            (x.start / image.width, y.start / image.height, (x.stop - x.start) / image.width,
             (y.stop - y.start) / image.height)
            for y, x in places
        ]  # fmt: skip
        own = np.array([groups == number + 1 for number in range(count)]) if masks else None
        found.append(
            Detections(np.array(boxes).reshape(-1, 4), np.zeros(count, int), np.full(count, 0.9), own)
        )
    return found


def picture(blocks, size=(1000, 700)):
    pixels = np.full((size[1], size[0], 3), 255, dtype=np.uint8)
    for x, y, w, h in blocks:
        pixels[y : y + h, x : x + w] = 0
    return Image.fromarray(pixels)


@pytest.mark.parametrize("masks", [False, True])
def test_each_object_is_found_once_and_whole(masks):
    tile = (200, 160)
    edges = [one.left for one in windows(1000, 700, tile)]
    # Blocks in corners, on edges of windows, and where four windows meet.
    blocks = [(0, 0, 30, 20), (970, 680, 30, 20), (edges[1] - 10, 300, 40, 30), (edges[1] + 185, 90, 50, 40)]
    blocks += [(400 + 60 * at, 500, 25, 25) for at in range(5)]
    found = find_in_tiles(picture(blocks), partial(blocks_in, masks=masks), tile)
    own = np.round(found.boxes * [1000, 700, 1000, 700]).astype(int).tolist()
    assert sorted(map(tuple, own)) == sorted(blocks)
    if masks:
        for box, mask in zip(own, found.masks, strict=True):
            rows, columns = np.nonzero(mask)
            seen = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            wanted = np.array([box[0], box[1], box[0] + box[2], box[1] + box[3]])
            assert np.abs(seen - wanted).max() <= 1


def test_windows_cover_the_picture():
    for size in ((1000, 700), (205, 160), (5000, 50), (1, 1)):
        seen = np.zeros((size[1], size[0]), dtype=bool)
        for one in windows(*size, (200, 160)):
            seen[one.top : one.top + one.height, one.left : one.left + one.width] = True
        assert seen.all()


def forest_finder():
    """Return a predictor that finds blocks with a forest of pixels."""
    problem, model, *_ = fitted("pixel_forest", "detection")
    kind = KINDS["objects"]
    featurizer = kind.plan_features(problem, None)
    encoder = kind.make_encoder("pixels", schema=featurizer.schema, problem=problem, seed=0)
    model.predict_raw = lambda features: model.predict(encoder.transform(features))
    finder = ObjectFinder(problem, featurizer, model, name="forest")
    sample = [pack(decode_any(np.zeros((HEIGHT, WIDTH, 3), np.uint8)), 512)]
    finder.sample = finder.sample.assign(**{featurizer.column: sample})
    return finder


def test_small_objects_of_a_large_picture_need_tiles():
    finder = forest_finder()
    pixels = np.random.default_rng(0).integers(150, 200, (6 * HEIGHT, 6 * WIDTH, 3), dtype=np.uint8)
    places = [(40, 30), (300, 200), (WIDTH * 2 - 8, HEIGHT * 3 - 8)]
    for x, y in places:
        pixels[y : y + 16, x : x + 16] = COLOURS["brick"]
    assert finder.in_tiles().tile == (WIDTH, HEIGHT)
    found = finder.in_tiles().find([pixels], lowest=0.5)[0].found
    shown = found.boxes * np.array([6 * WIDTH, 6 * HEIGHT] * 2)
    for x, y in places:
        assert np.abs(shown - [x, y, 16, 16]).max(axis=1).min() <= 4
    assert len(finder.find([pixels], lowest=0.5)[0].found.boxes) < len(places)


def test_each_picture_that_a_program_passes_has_its_answer(tmp_path):
    """In any form, one row each; unreadable ones have no objects and are named."""
    finder, (image, ((kind, box), *_)) = forest_finder(), scene(1)
    image.save(tmp_path / "a.png")
    (tmp_path / "page.jpg").write_bytes(b"<html>")
    content = (tmp_path / "a.png").read_bytes()
    uri = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    given = [str(tmp_path / "a.png"), tmp_path / "a.png", content, image, np.asarray(image), uri]
    bad = [str(tmp_path / "page.jpg"), "gone.png", b"", content[:200]]
    with pytest.warns(UserWarning, match=r"4 of 10 pictures.*page\.jpg is no picture; gone\.png is missing"):
        found = finder.predict([*given, *bad])
    for one in found[: len(given)]:
        assert one[0]["label"] == kind
        assert np.abs(np.subtract(one[0]["box"], box)).max() <= 4
    assert [len(one) for one in found[len(given) :]] == [0, 0, 0, 0]
    frame = pd.DataFrame({finder.featurizer.column: given})
    assert [one[0]["label"] for one in finder.predict(frame)] == [kind] * len(given)
    with pytest.raises(DataError, match=r"gone\.png is missing"):
        finder.predict("gone.png")


def test_occlusion_shows_the_place_of_the_object():
    finder = forest_finder()
    pixels = np.random.default_rng(0).integers(150, 200, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    pixels[36:52, 56:72] = COLOURS["slab"]
    rows = pd.DataFrame({finder.featurizer.column: [pack(decode_any(pixels), 512)]})
    (shown,) = occlusion_maps(finder, rows, deadline=Deadline())
    assert shown["note"].startswith("slab")
    image = Image.open(io.BytesIO(base64.b64decode(shown["src"].partition(",")[2]))).convert("RGB")
    redness = np.asarray(image, dtype=float)[:, :, 0] - np.asarray(image, dtype=float)[:, :, 1]
    rows_of, columns_of = np.nonzero(redness > 0.8 * redness.max())
    assert abs(columns_of.mean() / image.width - 64 / WIDTH) < 0.12
    assert abs(rows_of.mean() / image.height - 44 / HEIGHT) < 0.12
