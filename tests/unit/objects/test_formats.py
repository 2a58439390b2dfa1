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
from podium_ml.objects.coco_output import FoundPicture, to_coco
from podium_ml.objects.encoding import encode, objects_of
from podium_ml.objects.grid import Detections
from podium_ml.objects.validation.infer_problem import GROUP
from podium_ml.objects.validation.pictures import read_pictures, to_rows
from podium_ml.readers import READERS, SourceFile
from podium_ml.settings import ObjectsProblem, ReaderOptions
from tests.unit.objects.scenes import BOX_FORMATS, CLASSES, HEIGHT, WIDTH, save_pictures, scene, write_coco

COUNT = 12


def read(path: Path) -> pd.DataFrame:
    return read_frame(str(path), hints=ColumnHints(kind="objects"))


def boxes(path: Path) -> dict[str, list[tuple[str, list[float]]]]:
    found = read_pictures(read(path), "objects")
    rows = to_rows(found, "objects", masks=False)
    return {
        Path(name).stem: sorted((found.names[one["c"]], one["b"]) for one in objects_of(cell))
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


def test_all_pictures_know_how_many_pixels_they_have(tmp_path):
    rows = to_rows(read_pictures(read(write_coco(tmp_path, COUNT)), "objects"), "objects", masks=False)
    y = encode(rows["objects"].tolist(), most=3, masks=False)
    assert np.isnan(y[:, :, 0]).all(axis=1).any()
    assert (y[:, :, -1] == WIDTH * HEIGHT).all()


def test_what_predictions_write_is_read_back(tmp_path):
    """With scores, in COCO; nothing is lost."""
    found = []
    for name, objects in save_pictures(tmp_path, COUNT):
        places = np.array([box for _, box in objects], dtype=float).reshape(-1, 4)
        shares = places / [WIDTH, HEIGHT, WIDTH, HEIGHT]
        codes = np.array([CLASSES.index(label) for label, _ in objects], dtype=int)
        found.append(FoundPicture(name, WIDTH, HEIGHT, Detections(shares, codes, np.ones(len(objects)))))
    (tmp_path / "boxes.json").write_text(json.dumps(to_coco(found, list(CLASSES), [0, 10])))
    read_back = boxes(tmp_path / "boxes.json")
    assert read_back.keys() == expected().keys()
    for key, objects in expected().items():
        assert [label for label, _ in read_back[key]] == [label for label, _ in objects]
        np.testing.assert_allclose([b for _, b in read_back[key]], [b for _, b in objects], atol=1e-4)


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


def test_unknown_class_ids_of_coco_are_told_and_left_out(tmp_path):
    def change(content):
        for one in content["annotations"][:3]:
            one["category_id"] = 77

    path = changed(write_coco(tmp_path, COUNT), change)
    assert sum(map(len, boxes(path).values())) == sum(seed % 3 for seed in range(COUNT)) - 3
    assert any("unknown category ids" in note and "77" in note for note in notes_of(path))


def test_unknown_class_numbers_of_yolo_are_told_and_left_out(tmp_path):
    path = BOX_FORMATS["yolo"](tmp_path / "data", COUNT)
    (label, *_) = (one for one in sorted((tmp_path / "data").rglob("*.txt")) if one.read_text())
    rows = label.read_text().splitlines()
    label.write_text("\n".join(["9 0.5 0.5 0.1 0.1", "brick 0.5 0.5 0.1 0.1", *rows]))
    assert boxes(path)[label.stem] == boxes(BOX_FORMATS["yolo"](tmp_path / "right", COUNT))[label.stem]
    assert any("unknown classes" in note for note in notes_of(path))


def test_pictures_of_one_pixel_and_without_objects_are_kept(tmp_path):
    def change(content):
        for name, number in (("dot.png", 900), ("none.png", 901)):
            content["images"].append({"id": number, "file_name": name, "width": 1, "height": 1})

    path = write_coco(tmp_path, COUNT)
    for name in ("dot.png", "none.png"):
        Image.new("RGB", (1, 1)).save(tmp_path / "images" / name)
    inferred, found = results(changed(path, change))
    assert inferred.problem.n_train + inferred.problem.n_test == COUNT + 2
    assert "kept as negatives" in found["negatives"].seen


def test_unreadable_pictures_are_named_and_refused_above_a_share(tmp_path):
    path = write_coco(tmp_path, COUNT)
    (tmp_path / "images" / "p003.png").write_bytes(b"<html>")
    assert len(boxes(path)) == COUNT - 1
    assert any("p003.png" in note for note in notes_of(path))
    for seed in range(COUNT - 1):
        (tmp_path / "images" / f"p{seed:03d}.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"p000\.png"):
        read(path)


def test_nearly_equal_pictures_are_on_one_side_of_the_test_and_share_a_fold(tmp_path):
    def change(content):
        images = content["images"]
        for at, one in enumerate(list(images)):
            images.append({**one, "id": 1000 + at, "file_name": f"copy{at}.png"})

    path, random = write_coco(tmp_path, 40), np.random.default_rng(0)
    for at in range(40):
        rough = Image.fromarray(random.integers(0, 250, (6, 8, 3), dtype=np.uint8))
        shown = rough.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        shown.save(tmp_path / "images" / f"p{at:03d}.png")
        shown.point(lambda value: min(255, value + 2)).save(tmp_path / "images" / f"copy{at}.png")
    inferred, found = results(changed(path, change))
    twins = {f"p{at:03d}.png": f"copy{at}.png" for at in range(40)}
    train, test = (
        {name.rpartition("/")[2]: group for name, group in zip(part["file"], part[GROUP], strict=True)}
        for part in (inferred.train, inferred.test)
    )
    assert len(train) + len(test) == 80
    for one, other in twins.items():
        assert (one in test) == (other in test)
        assert one in test or train[one] == train[other]
    assert inferred.problem.group_column == GROUP
    assert found["copies"].outcome == "fixed"


def notes_of(path: Path) -> list[str]:
    """Return what reading tells."""
    reading = READERS["annotations"].read(SourceFile(str(path), path.name), ReaderOptions())
    for _ in reading.batches:
        pass
    return list(reading.warnings)
