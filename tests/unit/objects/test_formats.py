"""One data set in every format gives the same rows; what cannot be is told, never clipped silently."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from podium_ml.errors import DataError
from podium_ml.ingestion import read_frame
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.kinds import KINDS
from podium_ml.objects.validation.pictures import read_pictures, to_rows
from podium_ml.settings import ObjectsProblem
from tests.unit.objects.scenes import BOX_FORMATS, CLASSES, HEIGHT, WIDTH, scene, write_coco

COUNT = 12


def read(path: Path) -> pd.DataFrame:
    return read_frame(str(path), hints=ColumnHints(kind="objects"))


def boxes(path: Path) -> dict[str, list[tuple[str, list[float]]]]:
    found = read_pictures(read(path), "objects")
    rows = to_rows(found, "objects", masks=False)
    return {
        Path(name).stem: sorted((found.names[one["c"]], one["b"]) for one in json.loads(cell))
        for name, cell in zip(rows["file"], rows["objects"], strict=True)
    }


def expected() -> dict[str, list[tuple[str, list[float]]]]:
    return {
        f"p{seed:03d}": sorted(
            (label, [x / WIDTH, y / HEIGHT, w / WIDTH, h / HEIGHT]) for label, (x, y, w, h) in scene(seed)[1]
        )
        for seed in range(COUNT)
    }


@pytest.mark.parametrize("name", BOX_FORMATS)
def test_every_format_gives_the_same_objects(name, tmp_path):
    found = boxes(BOX_FORMATS[name](tmp_path / "data", COUNT))
    assert found.keys() == expected().keys()
    for key, objects in expected().items():
        assert [label for label, _ in found[key]] == [label for label, _ in objects]
        for (_, own), (_, real) in zip(found[key], objects, strict=True):
            np.testing.assert_allclose(own, real, atol=2 / HEIGHT)


def test_an_archive_gives_the_same(tmp_path):
    write_coco(tmp_path / "data", COUNT)
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in (tmp_path / "data").rglob("*.*"):
            archive.write(file, f"wrapped/{file.relative_to(tmp_path / 'data').as_posix()}")
    assert boxes(path) == boxes(tmp_path / "data" / "annotations" / "instances.json")


def test_instance_masks(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    for seed in range(9):
        image, objects = scene(seed)
        image.save(tmp_path / "images" / f"{seed}.png")
        mask = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
        for number, (_, (x, y, w, h)) in enumerate(objects, start=1):
            mask[y : y + h, x : x + w] = number
        Image.fromarray(mask).save(tmp_path / "masks" / f"{seed}.png")
    assert [len(found) for found in boxes(tmp_path).values()] == [seed % 3 for seed in range(9)]


def changed(path: Path, change) -> Path:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    return path


def results(path: Path, task: str = "detection"):
    inferred = KINDS["objects"].infer_problem(read(path), ObjectsProblem(task=task))
    return inferred, {one.name: one for one in inferred.results}


def as_corners(content):
    for one in content["annotations"]:
        x, y, w, h = one["bbox"]
        one["bbox"] = [x, y, x + w, y + h]
        one["segmentation"] = []


def as_ratios(content):
    for one in content["annotations"]:
        x, y, w, h = one["bbox"]
        one["bbox"] = [x / WIDTH, y / HEIGHT, w / WIDTH, h / HEIGHT]
        one["segmentation"] = []


@pytest.mark.parametrize("change", [as_corners, as_ratios])
def test_boxes_that_are_written_otherwise_are_found_by_their_size(change, tmp_path):
    right = boxes(write_coco(tmp_path / "right", COUNT))
    path = changed(write_coco(tmp_path / "wrong", COUNT), change)
    for key, objects in boxes(path).items():
        np.testing.assert_allclose([b for _, b in objects] or 0, [b for _, b in right[key]] or 0, atol=1e-5)
    assert results(path)[1]["readings"].outcome == "alert"


def test_impossible_boxes_are_told_and_left_out(tmp_path):
    def change(content):
        for one, box in zip(
            content["annotations"], ([5, 5, 0, 9], [5, 5, -4, 9], [900, 5, 9, 9]), strict=False
        ):
            one["bbox"], one["segmentation"] = box, []

    _, found = results(changed(write_coco(tmp_path, COUNT), change))
    assert "zero area" in found["boxes"].seen
    assert "negative" in found["boxes"].seen
    assert "outside" in found["boxes"].seen
    assert found["boxes"].seen.startswith("3 of 12")


def test_polygons_of_two_points_are_told(tmp_path):
    def change(content):
        content["annotations"][0]["segmentation"].append([1, 1, 5, 5])

    inferred, found = results(changed(write_coco(tmp_path, COUNT), change), "segmentation")
    assert "fewer than three points" in found["polygons"].seen
    assert inferred.problem.objects.masks


def test_negatives_stay_and_ids_come_back(tmp_path):
    inferred, _ = results(write_coco(tmp_path, 20))
    assert inferred.problem.n_train + inferred.problem.n_test == 20
    assert inferred.problem.classes == CLASSES
    assert inferred.problem.objects.ids == (0, 10)


def test_entities_of_xml_do_not_unfold(tmp_path):
    (tmp_path / "a.xml").write_text(
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><annotation><filename>&b;</filename></annotation>'
    )
    with pytest.raises(DataError, match="no pictures"):
        read(tmp_path)


def test_masks_of_another_size_are_told(tmp_path):
    def change(content):
        content["annotations"][0]["segmentation"] = {"size": [5, 5], "counts": [10, 15]}

    _, found = results(changed(write_coco(tmp_path, COUNT), change), "segmentation")
    assert "another size" in found["boxes"].seen
