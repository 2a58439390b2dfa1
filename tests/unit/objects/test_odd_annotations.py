"""Annotations as people really have them: read as an expert would, or told; never another object without a word."""

import base64
import io
import json
import shutil
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from podium_ml.errors import DataError
from podium_ml.media.packing import unpack
from podium_ml.objects.annotations import Notes
from podium_ml.objects.formats import FORMATS, _files
from podium_ml.objects.run_lengths import decode_mask
from podium_ml.objects.validation.pictures import read_pictures
from tests.unit.objects.scenes import (
    CLASSES,
    HEIGHT,
    WIDTH,
    scene,
    write_azure,
    write_coco,
    write_labelme,
    write_voc,
    write_yolo,
)
from tests.unit.objects.test_formats import (
    COUNT,
    as_ratios,
    boxes,
    changed,
    expected,
    notes_of,
    read,
    results,
)

Content = dict[str, Any]


def same(found: dict[str, list[Any]]) -> None:
    """Check that objects are those of the scenes."""
    assert found.keys() == expected().keys()
    for key, objects in expected().items():
        assert [label for label, _ in found[key]] == [label for label, _ in objects], key
        for (_, own), (_, real) in zip(found[key], objects, strict=True):
            np.testing.assert_allclose(own, real, atol=2 / HEIGHT)


def ids_as_texts(content: Content) -> None:
    for one in content["annotations"]:
        one["image_id"], one["category_id"] = str(one["image_id"]), float(one["category_id"])


def boxes_as_texts(content: Content) -> None:
    for one in content["annotations"]:
        one["bbox"] = [f"{value} " for value in one["bbox"]]


def flags_as_texts(content: Content) -> None:
    for one in content["annotations"]:
        one["iscrowd"] = "0"


def points_in_pairs(content: Content) -> None:
    for one in content["annotations"]:
        (part,) = one["segmentation"]
        one["segmentation"], one["bbox"] = (
            [[[x, y] for x, y in zip(part[::2], part[1::2], strict=True)]],
            None,
        )


def polygons_in_shares(content: Content) -> None:
    for one in content["annotations"]:
        (part,) = one["segmentation"]
        one["segmentation"] = [[value / (HEIGHT if at % 2 else WIDTH) for at, value in enumerate(part)]]
        del one["bbox"], one["area"]


def no_categories(content: Content) -> None:
    content["categories"] = [
        {**one, "name": None, "id": name} for one, name in zip(content["categories"], CLASSES, strict=True)
    ]
    for one in content["annotations"]:
        one["category_id"] = CLASSES[one["category_id"] // 10]


def listed_twice(content: Content) -> None:
    """Two files that were put together: each picture is listed twice, under two ids, and some objects too."""
    for one in list(content["images"]):
        content["images"].append({**one, "id": one["id"] + 1000})
    for at, one in enumerate(list(content["annotations"])):
        if at % 2:
            content["annotations"].append({**one, "image_id": one["image_id"] + 1000})
        else:
            one["image_id"] += 1000


CHANGES = (
    *(
        ids_as_texts,
        boxes_as_texts,
        flags_as_texts,
        points_in_pairs,
        polygons_in_shares,
        no_categories,
        listed_twice,
    ),
)


@pytest.mark.parametrize("change", CHANGES)
def test_coco_in_other_words_is_the_same(change: Callable[[Content], None], tmp_path: Path) -> None:
    same(boxes(changed(write_coco(tmp_path, COUNT), change)))


def test_small_corners_are_found_by_the_area(tmp_path: Path) -> None:
    """All boxes lie at the upper left, so that none sticks out of its picture if corners are read as sizes."""

    def change(content: Content) -> None:
        for one in content["annotations"]:
            x, y, w, h = 5 + one["id"] % 3, 7, 20, 18
            one.update(bbox=[x, y, x + w, y + h], segmentation=[], area=w * h)

    path = changed(write_coco(tmp_path, COUNT), change)
    assert results(path)[1]["readings"].outcome == "alert"
    sizes = {tuple(box[2:]) for objects in boxes(path).values() for _, box in objects}
    assert {(round(w * WIDTH), round(h * HEIGHT)) for w, h in sizes} == {(20, 18)}


def test_corners_are_found_by_the_polygons(tmp_path: Path) -> None:
    def change(content: Content) -> None:
        for one in content["annotations"]:
            x, y, w, h = one["bbox"]
            one["bbox"] = [x, y, x + w, y + h]
            del one["area"]

    same(boxes(changed(write_coco(tmp_path, COUNT), change)))


ODD_BOXES: dict[str, Any] = {
    "nothing": None,
    "text": "left",
    "three numbers": [1, 2, 3],
    "empty values": [None, None, 4, 4],
    "no numbers": ["a", 1, 2, 3],
    "not a number": [float("nan"), 1, 2, 3],
}


@pytest.mark.parametrize("name", ODD_BOXES)
def test_one_odd_box_is_told_and_harms_no_other(name: str, tmp_path: Path) -> None:
    def change(content: Content) -> None:
        content["annotations"][0].update(bbox=ODD_BOXES[name], segmentation=[])

    path = changed(write_coco(tmp_path, COUNT), change)
    assert sum(map(len, boxes(path).values())) == COUNT - 1
    seen = results(path)[1]["boxes"].seen
    assert "1 of 12" in seen
    assert "p001.png" in seen


def test_ids_that_two_pictures_share_are_told(tmp_path: Path) -> None:
    def change(content: Content) -> None:
        content["images"][2]["id"] = content["images"][1]["id"]

    path = changed(write_coco(tmp_path, COUNT), change)
    assert boxes(path).keys() == expected().keys() - {"p001", "p002"}
    assert any("p001.png" in note and "same id" in note for note in notes_of(path))


def test_captions_beside_instances_are_no_negatives(tmp_path: Path) -> None:
    path = write_coco(tmp_path, COUNT)
    content = json.loads(path.read_text())
    captions = [
        {"id": at, "image_id": one["id"], "caption": "blocks"} for at, one in enumerate(content["images"])
    ]
    (path.parent / "captions.json").write_text(
        json.dumps({"images": content["images"], "annotations": captions})
    )
    same(boxes(tmp_path))
    assert len(read(tmp_path)) == COUNT
    assert any("captions.json" in note for note in notes_of(tmp_path))


def test_files_are_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_coco(tmp_path, COUNT)
    (path.parent / "more.json").write_text(path.read_text())
    parsed: list[str] = []
    monkeypatch.setattr(
        _files, "read_json", lambda one: parsed.append(one.name) or json.loads(one.read_text())
    )
    list(FORMATS["coco"].read(tmp_path, Notes()))
    assert sorted(parsed) == sorted([path.name, "more.json"])


def test_objects_given_twice_are_told_and_count_once(tmp_path: Path) -> None:
    path = write_yolo(tmp_path, COUNT)
    label = tmp_path / "labels" / "train" / "p001.txt"
    label.write_text(f"{label.read_text()}\n{label.read_text()}")
    same(boxes(path))
    assert "twice (images/train/p001.png)" in results(path)[1]["boxes"].seen


def wrapped(make: Callable[[Path, int], Path]) -> Callable[[Path], Path]:
    def write(root: Path) -> Path:
        make(root / "export" / "data set", COUNT)
        (root / "__MACOSX").mkdir()
        (root / ".DS_Store").write_bytes(b"\0")
        return root

    return write


@pytest.mark.parametrize("make", [write_coco, write_yolo, write_voc, write_labelme, write_azure])
def test_folders_that_wrap_all_are_seen_through(make: Callable[[Path, int], Path], tmp_path: Path) -> None:
    same(boxes(wrapped(make)(tmp_path / "download")))


def masks_of(folder: Path, seeds: range, *, mode: str = "") -> None:
    """Write pictures and their masks, in folders of the same names."""
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    for seed in seeds:
        image, objects = scene(seed)
        values = np.zeros((HEIGHT, WIDTH), dtype=np.uint16)
        for number, (_, (x, y, w, h)) in enumerate(objects, start=1):
            values[y : y + h, x : x + w] = number * (1000 if mode == "I;16" else 1)
        mask = Image.fromarray(values if mode == "I;16" else values.astype(np.uint8))
        if mode == "P":
            values[0] = 255 if objects else 0
            mask = Image.fromarray(values.astype(np.uint8))
            mask.putpalette([value % 256 for value in range(768)])
        elif mode == "LA":
            mask.putalpha(255)
        image.save(folder / "images" / f"{seed - seeds.start}.png")
        mask.save(folder / "masks" / f"{seed - seeds.start}.png")


def counts(path: Path) -> list[int]:
    read_objects = read_pictures(read(path), "objects")
    return [len(row) for row in read_objects.table["objects"]]


@pytest.mark.parametrize("mode", ["", "P", "LA", "I;16"])
def test_masks_of_any_depth(mode: str, tmp_path: Path) -> None:
    """Palettes may have a border, as in Pascal VOC."""
    masks_of(tmp_path / "wrapped", range(9), mode=mode)
    assert counts(tmp_path) == [seed % 3 for seed in range(9)]


def test_masks_of_equal_names_in_folders_of_splits(tmp_path: Path) -> None:
    masks_of(tmp_path / "train", range(9))
    masks_of(tmp_path / "val", range(10, 16))
    assert counts(tmp_path) == [seed % 3 for seed in chain(range(9), range(10, 16))]


def test_masks_of_equal_names_in_subfolders(tmp_path: Path) -> None:
    masks_of(tmp_path / "train", range(9))
    masks_of(tmp_path / "val", range(10, 16))
    for name in ("images", "masks"):
        for split in ("train", "val"):
            shutil.move(tmp_path / split / name, tmp_path / name / split)
    for split in ("train", "val"):
        (tmp_path / split).rmdir()
    assert counts(tmp_path) == [seed % 3 for seed in chain(range(9), range(10, 16))]


def yolo(root: Path, **settings: Any) -> Path:
    path = write_yolo(root, COUNT)
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **settings}))
    return path


SETTINGS: dict[str, dict[str, Any]] = {
    "names by text": {"names": {"0": "brick", "1": "slab"}},
    "numbers by name": {"names": {"brick": 0, "slab": 1}},
    "path of another machine": {"path": "D:\\work\\yolo", "train": "images\\train"},
    "path of the trainer": {
        "path": "/content/datasets/blocks",
        "train": "/content/datasets/blocks/images/train",
    },
    "above": {"train": "../train/images/train", "val": None},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_of_yolo(name: str, tmp_path: Path) -> None:
    same(boxes(yolo(tmp_path / "data", **SETTINGS[name])))


def test_the_path_of_yolo_goes_before_folders_beside_the_settings(tmp_path: Path) -> None:
    path = yolo(tmp_path / "data", path="../other", train="images/train")
    shutil.move(tmp_path / "data", tmp_path / "other")
    (tmp_path / "data").mkdir()
    shutil.move(tmp_path / "other" / "data.yaml", path)
    (tmp_path / "data" / "images" / "train").mkdir(parents=True)
    Image.new("RGB", (9, 9)).save(tmp_path / "data" / "images" / "train" / "other.png")
    same(boxes(path))


def test_key_points_are_no_polygons(tmp_path: Path) -> None:
    path = yolo(tmp_path / "data", kpt_shape=[2, 3])
    for label in (tmp_path / "data" / "labels" / "train").iterdir():
        label.write_text("\n".join(f"{row} 0.1 0.1 2 0.9 0.9 2" for row in label.read_text().splitlines()))
    same(boxes(path))


def test_scores_behind_boxes_are_left_aside(tmp_path: Path) -> None:
    path = write_yolo(tmp_path / "data", COUNT)
    for label in (tmp_path / "data" / "labels" / "train").iterdir():
        label.write_text("\n".join(f"{row} 0.93" for row in label.read_text().splitlines()))
    same(boxes(path))


def test_names_of_darknet(tmp_path: Path) -> None:
    write_yolo(tmp_path, COUNT).unlink()
    (tmp_path / "obj.names").write_text("\n".join(CLASSES))
    same(boxes(tmp_path))


def test_settings_that_are_no_yaml_are_named(tmp_path: Path) -> None:
    path = write_yolo(tmp_path, COUNT)
    path.write_text("train: images/train\nnames: [brick, slab\n")
    with pytest.raises(DataError, match=r"data\.yaml.*YAML"):
        read(path)


def upper(text: str) -> str:
    for tag in ("annotation", "object", "name", "bndbox", "xmin", "ymin", "xmax", "ymax", "filename"):
        text = text.replace(f"<{tag}>", f"<{tag.title()}>").replace(f"</{tag}>", f"</{tag.title()}>")
    return text


TEXTS: dict[str, Callable[[str], str]] = {
    "tags in capitals": upper,
    "a name space": lambda text: text.replace("<annotation>", '<annotation xmlns="http://example.com/voc">'),
    "a size of nothing": lambda text: text.replace(
        "<object>", "<size><width>0</width><height/></size><object>", 1
    ),
    "a path of another machine": lambda text: text.replace("<filename>", "<filename>C:\\data\\pictures\\"),
    "parts of objects": lambda text: text.replace(
        "</object>", "<part><name>end</name><bndbox><xmin>1</xmin></bndbox></part></object>"
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_other_spellings_of_voc(name: str, tmp_path: Path) -> None:
    write_voc(tmp_path, COUNT)
    for file in (tmp_path / "Annotations").iterdir():
        file.write_text(TEXTS[name](file.read_text()))
    same(boxes(tmp_path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_laughs_in_any_encoding_are_left_out(encoding: str, tmp_path: Path) -> None:
    write_voc(tmp_path, COUNT)
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10)
    )
    head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{entities}]>'
    text = f"{head}<annotation><filename>&a9;</filename></annotation>"
    (tmp_path / "Annotations" / "p000.xml").write_bytes(text.encode(encoding))
    assert boxes(tmp_path).keys() == expected().keys() - {"p000"}
    assert any("p000.xml" in note for note in notes_of(tmp_path))


def labelme(root: Path, change: Callable[[Content], None]) -> Path:
    write_labelme(root, COUNT)
    for file in root.iterdir():
        changed(file, change)
    return root


def in_groups(content: Content) -> None:
    """Each object in two parts that belong together."""
    shapes = []
    for number, one in enumerate(content["shapes"]):
        (left, top), (right, bottom) = one["points"]
        middle = (left + right) / 2
        for x, y in ((left, middle), (middle, right)):
            points = [[x, top], [y, top], [y, bottom], [x, bottom]]
            shapes.append({**one, "shape_type": "polygon", "points": points, "group_id": number})
    content["shapes"] = shapes


def as_masks(content: Content) -> None:
    for one in content["shapes"]:
        (left, top), (right, bottom) = one["points"]
        stream = io.BytesIO()
        Image.new("1", (right - left, bottom - top), 1).save(stream, "PNG")
        mask = base64.b64encode(stream.getvalue()).decode()
        one.update(shape_type="mask", mask=mask, points=[[left, top], [right - 1, bottom - 1]])
    content.update(imageWidth=WIDTH, imageHeight=HEIGHT)


def as_data_uri(content: Content) -> None:
    content["imageData"] = f"data:image/png;base64,{content['imageData']}"


@pytest.mark.parametrize("change", [in_groups, as_masks, as_data_uri])
def test_shapes_of_labelme(change: Callable[[Content], None], tmp_path: Path) -> None:
    same(boxes(labelme(tmp_path / "data", change)))


def test_masks_of_labelme_have_their_pixels(tmp_path: Path) -> None:
    path = labelme(tmp_path / "data", as_masks)
    (one, *_) = read_pictures(read(path), "objects").table["objects"][1]
    x, y, w, h = scene(1)[1][0][1]
    mask = decode_mask(one.runs)
    assert mask.sum() == w * h
    assert mask[y : y + h, x : x + w].all()


def test_one_odd_shape_is_told_and_harms_no_other(tmp_path: Path) -> None:
    path = labelme(tmp_path / "data", lambda content: None)
    changed(
        path / "p000.json",
        lambda content: content["shapes"].extend([None, {"points": 3}, {"label": "x", "points": [[1]]}]),
    )
    same(boxes(path))


def test_odd_lines_of_azure_are_told(tmp_path: Path) -> None:
    path = write_azure(tmp_path, COUNT)
    odd = json.loads(path.read_text().splitlines()[1])
    odd["label"].append({**odd["label"][0], "topX": None})
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], json.dumps(odd), *lines[2:], '{"image_url": "images/p0', "7"]))
    same(boxes(path))
    assert any("line 13" in note and "line 14" in note for note in notes_of(path))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_shares_are_those_of_the_picture_as_it_is_shown(orientation: int, tmp_path: Path) -> None:
    """YOLO tells no size; its tools look at upright pictures."""
    path = write_yolo(tmp_path / "data", COUNT)
    for seed in range(COUNT):
        image, _ = scene(seed)
        turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what undoes each orientation
        stored = image if orientation == 1 else image.transpose(Image.Transpose(turns[orientation]))
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored.save(tmp_path / "data" / "images" / "train" / f"p{seed:03d}.png", exif=exif)
    table = read(path)
    same(boxes(path))
    for seed in (1, 2):
        shown = np.asarray(unpack(table["picture"].iloc[seed]))
        np.testing.assert_array_equal(shown, np.asarray(scene(seed)[0]))


@pytest.mark.parametrize("scale", [0.5, 2.0])
@pytest.mark.parametrize("mask", ["polygons", "runs"])
def test_annotations_of_copies_of_another_size_are_scaled(scale: float, mask: str, tmp_path: Path) -> None:
    path = write_coco(tmp_path, COUNT, mask=mask)
    for file in (tmp_path / "images").iterdir():
        image = Image.open(file)
        image.resize((round(WIDTH * scale), round(HEIGHT * scale))).save(file)
    same(boxes(path))
    inferred, found = results(path, "segmentation")
    assert "scaled" in found["readings"].done
    assert "another size" not in found["boxes"].seen
    assert inferred.problem.objects.masks


def test_sizes_that_are_wrong_change_nothing(tmp_path: Path) -> None:
    """As if a template had been copied, with the proportions of the pictures."""

    def change(content: Content) -> None:
        for one in content["images"]:
            one.update(width=WIDTH * 8, height=HEIGHT * 8)

    same(boxes(changed(write_coco(tmp_path, COUNT), change)))


def test_one_odd_box_does_not_hide_that_the_others_are_shares(tmp_path: Path) -> None:
    def change(content: Content) -> None:
        as_ratios(content)
        content["annotations"][0]["bbox"] = [float("nan"), 0.1, 0.2, 0.3]

    path = changed(write_coco(tmp_path, COUNT), change)
    assert results(path)[1]["readings"].outcome == "alert"
