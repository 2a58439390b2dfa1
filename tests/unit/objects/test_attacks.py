"""Attacks by annotations of strangers: each is refused in one message or told, and nothing outside is read."""

import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from podium_ml.errors import DataError, PodiumError
from podium_ml.files.plain_yaml import read_yaml
from podium_ml.ingestion import read_frame
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.kinds import KINDS
from podium_ml.objects.annotations import Annotation
from podium_ml.objects.formats import format_of
from podium_ml.objects.run_lengths import decode_mask, fill_polygons
from podium_ml.objects.validation.boxes import Size
from podium_ml.objects.validation.pictures import check_work
from podium_ml.settings import ObjectsProblem
from tests.unit.objects.scenes import (
    BOX_FORMATS,
    HEIGHT,
    WIDTH,
    save_pictures,
    write_azure,
    write_coco,
    write_labelme,
    write_voc,
    write_yolo,
)

COUNT = 9


def read(path: Path):
    return read_frame(str(path), hints=ColumnHints(kind="objects"))


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the owner of the cluster lists, in a pod."""
    monkeypatch.setenv("PODIUM_RUN_BEGAN", "2026-01-01T00:00:00Z")
    monkeypatch.setenv("PODIUM_ALLOWED_FOLDERS", str(tmp_path / "mount"))
    return tmp_path / "mount"


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A folder beside it, of pictures, labels and words that no run may show."""
    folder = tmp_path / "secrets"
    save_pictures(folder / "images", COUNT)
    for number in range(COUNT):
        (folder / "images" / f"p{number:03d}.txt").write_text("0 .5 .5 .1 .1")
    (folder / "token.txt").write_text("hunter2\n")
    return folder


LINKS = {
    "yolo": ("classes.txt", "token.txt", write_yolo),
    "labels": ("labels/train/p001.txt", "images/p001.txt", write_yolo),
    "voc": ("Annotations/p001.xml", "token.txt", write_voc),
    "labelme": ("p001.json", "token.txt", write_labelme),
    "coco": ("annotations/instances.json", "token.txt", write_coco),
    "azure": ("train.jsonl", "token.txt", write_azure),
    "picture": ("images/p001.png", "images/p001.png", write_coco),
}


@pytest.mark.parametrize("name", LINKS)
def test_links_out_of_the_mount_are_not_followed(name: str, pod: Path, secrets: Path) -> None:
    link, target, write = LINKS[name]
    write(pod, COUNT)
    assert len(read(pod)) == COUNT
    place = pod / link
    place.unlink(missing_ok=True)
    place.symlink_to(secrets / target)
    if name == "yolo":
        (pod / "data.yaml").write_text(yaml.safe_dump({"train": "images/train"}))
    with pytest.raises(DataError, match="only files in") as refused:
        read(pod)
    assert "hunter2" not in str(refused.value)


OUTSIDE = {
    "coco": lambda place: lambda content: content["images"][1].update(file_name=place),
    "url": lambda place: (
        lambda content: content["images"][1].update(file_name="", coco_url=f"file://{place}")
    ),
}


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("place", ["{secrets}/images/p001.png", "../../secrets/images/p001.png"])
def test_pictures_elsewhere_are_no_rows_of_a_pod(name: str, place: str, pod: Path, secrets: Path) -> None:
    path = write_coco(pod, COUNT)
    content = json.loads(path.read_text())
    OUTSIDE[name](place.format(secrets=secrets))(content)
    path.write_text(json.dumps(content))
    for file in (pod / "images").glob("p001.png"):
        file.unlink()
    with pytest.warns(UserWarning, match="1 of 9 pictures cannot be read"):
        assert len(read(path)) == COUNT - 1


@pytest.mark.parametrize("picture", ["{secrets}/images/p001.png", "..\\..\\secrets\\images\\p001.png"])
def test_labelme_leads_nowhere_else(picture: str, pod: Path, secrets: Path) -> None:
    write_labelme(pod, COUNT)
    content = json.loads((pod / "p001.json").read_text())
    content.update(imagePath=picture.format(secrets=secrets), imageData=None)
    (pod / "p001.json").write_text(json.dumps(content))
    with pytest.warns(UserWarning, match="1 of 9 pictures cannot be read"):
        assert len(read(pod)) == COUNT - 1


@pytest.mark.parametrize(
    "settings", [{"path": "/etc", "train": "."}, {"path": "{secrets}", "train": "images"}, {"train": "/proc"}]
)
def test_yolo_leads_nowhere_else(settings: dict[str, str], pod: Path, secrets: Path) -> None:
    path = write_yolo(pod, COUNT)
    given = {name: value.format(secrets=secrets) for name, value in settings.items()}
    path.write_text(yaml.safe_dump({**given, "names": ["brick", "slab"]}))
    found = set()
    with suppress(DataError):
        found = set(read(path)["file"])
    assert found <= {f"images/train/p{number:03d}.png" for number in range(COUNT)}


def test_lists_of_yolo_show_nothing_of_other_files(tmp_path: Path, secrets: Path) -> None:
    """On a machine of one's own, other files may be named; they are read if they are pictures, and shown never."""
    path = write_yolo(tmp_path / "mine", COUNT)
    path.write_text(
        yaml.safe_dump({"train": str(secrets / "token.txt"), "names": str(secrets / "token.txt")})
    )
    with pytest.raises(DataError) as refused:
        read(path)
    assert "hunter2" not in str(refused.value)


def laughs(depth: int = 40) -> str:
    """Return a text of a few lines whose values are more than all atoms."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, depth)]
    return "\n".join([*lines, f"names: [*a{depth - 1}]", f"train: *a{depth - 1}"])


@pytest.mark.parametrize(
    "text",
    [
        laughs(),
        "names: !!python/object/apply:os.system ['touch ran']",
        "names: !!python/name:os.system",
        "a: &a [*a]",
        "[" * 5_000,
        "names: " + "{a: " * 5_000,
        "when: 2026-13-45",
    ],
)
def test_yaml_that_unfolds_or_names_code(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(yaml.YAMLError):
        read_yaml(text)
    path = write_yolo(tmp_path / "data", COUNT)
    path.write_text(text)
    with pytest.raises(PodiumError):
        read(path)
    assert not (tmp_path / "ran").exists()


def test_honest_yaml_may_repeat_values() -> None:
    text = "base: &base {names: [a, b]}\nmore:\n  <<: *base\n  path: .\n"
    assert read_yaml(text)["more"] == {"names": ["a", "b"], "path": "."}
    assert read_yaml("") is None


RUNS = {
    "a sum that begins again at 0": {
        "size": [HEIGHT, WIDTH],
        "counts": [2**62] * 3 + [2**62 + HEIGHT * WIDTH],
    },
    "more pixels than fit into the memory": {"size": [10**6, 10**6], "counts": [10**12]},
    "more than an integer": {"size": [HEIGHT, WIDTH], "counts": [2**70]},
    "no end": {"size": [HEIGHT, WIDTH], "counts": "o" * 1_000_000},
    "cut off": {"size": [HEIGHT, WIDTH], "counts": "`"},
    "no size": {"counts": [1]},
    "infinite": {"size": [float("inf"), 1], "counts": [1]},
    "nested": {"size": [HEIGHT, WIDTH], "counts": [[1], [2, 3]]},
    "negative": {"size": [HEIGHT, WIDTH], "counts": [-1, HEIGHT * WIDTH + 1]},
}


@pytest.mark.parametrize("what", RUNS)
def test_run_lengths(what: str, tmp_path: Path) -> None:
    path = write_coco(tmp_path, COUNT)
    content = json.loads(path.read_text())
    content["annotations"][0]["segmentation"] = RUNS[what]
    path.write_text(json.dumps(content))
    inferred = KINDS["objects"].infer_problem(read(path), ObjectsProblem(task="segmentation"))
    told = " ".join(one.seen for one in inferred.results)
    assert "masks without a pixel" in told or "masks of another size" in told
    if what != "more pixels than fit into the memory":  # whose size is compared before
        with pytest.raises(ValueError, match=r"run length"):
            decode_mask(RUNS[what])


def test_points_far_away_fill_nothing_else() -> None:
    for far in (1e9, 1e300, float("inf"), float("nan")):
        assert fill_polygons([[0, 0, far, 5, 5, far]], 20, 10).shape == (10, 20)


# Values that stand where others should.
ODD = (
    None,
    True,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    "",
    "x" * 5000,
    [],
    [[]],
    {},
    {"a": {}},
    [None],
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["coco", "labelme", "azure"])
def test_odd_values_end_in_a_message(name: str, tmp_path: Path) -> None:
    """Each value of a file in turn is an odd one; nothing but an error of our own may come of it."""
    source = BOX_FORMATS[name](tmp_path / "data", 2)
    file = source if source.is_file() else source / "p001.json"
    text = file.read_text()
    whole = [json.loads(line) for line in (text.split("\n") if name == "azure" else [text])]
    for number, place in enumerate(_places(whole)):
        for odd in (ODD[(number + step) % len(ODD)] for step in range(0, len(ODD), 3)):
            made = json.loads(json.dumps(whole))
            _put(made, place, odd)
            file.write_text("\n".join(map(json.dumps, made)))
            with suppress(PodiumError):
                KINDS["objects"].infer_problem(read(source), ObjectsProblem(task="segmentation"))


def _places(value, here=()):
    """Yield the places in a value, of lists the first two."""
    pairs = (
        value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    )
    for key, inside in pairs:
        yield (*here, key)
        yield from _places(inside, (*here, key))


def _put(value, place, odd) -> None:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = odd


def test_pipes_are_no_annotations(tmp_path: Path) -> None:
    write_yolo(tmp_path, COUNT)
    for name in ("labels/train/p001.txt", "classes.txt"):
        (tmp_path / name).unlink(missing_ok=True)
        os.mkfifo(tmp_path / name)
    with pytest.raises(DataError, match="is not a file"):
        read(tmp_path)
    assert len(read(tmp_path / "data.yaml")) == COUNT


def test_entities_of_xml_reach_no_file(tmp_path: Path, secrets: Path) -> None:
    write_voc(tmp_path / "data", COUNT)
    file = tmp_path / "data" / "Annotations" / "p001.xml"
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secrets / "token.txt"}">]>'
    text = file.read_text().replace("<object>", "<object><name>&x;</name>", 1)
    for content in (
        (entity + text).encode(),
        (entity + text).encode("utf-16"),
        ('<?xml version="1.0" encoding="utf-7"?>' + entity + text).encode("utf-7"),
    ):
        file.write_bytes(content)
        with pytest.warns(UserWarning, match="no annotations of Pascal VOC"):
            assert "hunter2" not in str(read(tmp_path / "data")["objects"].tolist())


def test_archive_with_a_file_and_a_folder_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("a/b.json", b"{}")
    with pytest.raises(DataError):
        read(path)


def test_formats_are_told_by_content(tmp_path: Path) -> None:
    assert format_of(write_coco(tmp_path / "data", 1)).name == "coco"


def test_polygons_that_would_take_hours_are_refused() -> None:
    square = (0.0, 0.0, 9_000.0, 0.0, 9_000.0, 9_000.0)
    honest = Annotation("tree", None, polygons=(square,) * 1_000)
    check_work([honest], Size(9_000, 9_000), "aerial.png")
    with pytest.raises(DataError, match=r"aerial.png: 5,000 masks on a picture of 9,000 x 9,000 pixels"):
        check_work([honest] * 5, Size(9_000, 9_000), "aerial.png")
