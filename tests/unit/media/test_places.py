"""Folders and archives of pictures, and cells that name them."""

import base64
import io
import tarfile
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from podium_ml.errors import DataError
from podium_ml.ingestion import read_frame
from podium_ml.kinds import KINDS
from podium_ml.media.beginnings import MOST
from podium_ml.media.names import classes_of
from podium_ml.media.packing import facts_of, is_packed
from podium_ml.media.places import open_place
from podium_ml.settings import TabularProblem
from podium_ml.tabular.picture_folders import target_of_folder


def png(colour: str = "red", size: tuple[int, int] = (12, 10)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


TREE = {"cats/1.png": "red", "cats/sub folder/1.png": "blue", "dogs/1.PNG": "green", "dogs/2.png": "white"}


def folder(root: Path, *, above: str = "") -> Path:
    for name, colour in TREE.items():
        file = root / above / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(colour))
    return root


def zipped(root: Path) -> Path:
    path = root / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, colour in TREE.items():
            archive.writestr(f"wrapped/{name}", png(colour))
        archive.writestr("__MACOSX/wrapped/cats/._1.png", b"rubbish")
    return path


def tarred(root: Path) -> Path:
    path = root / "pictures.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, colour in TREE.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(png(colour))
            archive.addfile(info, io.BytesIO(png(colour)))
    return path


@pytest.mark.parametrize("make", [folder, zipped, tarred, lambda root: folder(root, above="data/train")])
def test_folders_and_archives_give_the_same_table(make, tmp_path):
    table = read_frame(str(make(tmp_path)))
    assert table["label"].tolist() == ["cats", "cats", "dogs", "dogs"]
    assert all(map(is_packed, table["picture"]))
    assert len(set(table["picture"])) == 4
    assert facts_of(table["picture"].iloc[0]).width == 12


def test_split_folders_and_names_in_either_spelling():
    decomposed = unicodedata.normalize("NFD", "große/ä.png")
    classes, empty = classes_of(
        [f"train/{decomposed}", "test/große/b.png", "test/klein/c.png"], ["test/leer"]
    )
    assert classes == ["große", "große", "klein"]
    assert empty == ["leer"]
    assert classes_of(["a/1.png", "b/1.png"], ["a", "b", "c"]) == (["a", "b"], ["c"])


def test_pictures_of_a_split_without_classes_have_none():
    assert classes_of(["x/train/a/1.png", "x/train/b/1.png", "x/test/1.png"])[0] == ["a", "b", None]
    assert classes_of(["train/1.png", "test/1.png"])[0] == [None, None]


def test_unreadable_files_are_named_and_a_folder_of_them_is_refused(tmp_path):
    (folder(tmp_path) / "cats" / "page.jpg").write_bytes(b"<html>")
    with pytest.warns(UserWarning, match=r"cats/page\.jpg is no picture"):
        assert len(read_frame(str(tmp_path))) == 4
    for name in TREE:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match="cannot be read"):
        read_frame(str(tmp_path))


@pytest.mark.parametrize("name", ["../outside.png", "/tmp/outside.png", "..\\outside.png"])
def test_paths_that_leave_an_archive_are_refused(name, tmp_path):
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, png())
        archive.writestr("a.png", png())
    with pytest.raises(DataError):
        read_frame(str(path))


def test_a_member_that_unpacks_too_far_is_no_row(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", b"\0" * (100 << 20))
    with pytest.raises(DataError, match="made to do harm"):
        read_frame(str(path))


@pytest.mark.parametrize(
    "cell",
    [
        "cats/1.png",
        "cats\\1.png",
        "azureml://store/paths/cats/1.png",
        "path:/gone/far/cats/1.png",
        "D:\\data\\cats\\1.png",
        "CATS/1.PNG".replace("CATS", "cats"),
        f"data:image/png;base64,{base64.b64encode(png('red')).decode()}",
    ],
)
def test_cells_name_pictures_in_many_ways(cell, tmp_path):
    folder(tmp_path / "here")
    table = tmp_path / "here" / "table.csv"
    pd.DataFrame({"photo": [cell, "dogs/1.PNG"], "price": [1, 2]}).to_csv(table, index=False)
    read = read_frame(str(table))
    expected = read_frame(str(tmp_path / "here" / "cats"))["picture"]
    assert read["photo"].iloc[0] == expected.iloc[0]


def test_a_column_of_names_without_files_stays_text(tmp_path):
    table = tmp_path / "table.csv"
    pd.DataFrame({"photo": ["a.png", "b.png"], "price": [1, 2]}).to_csv(table, index=False)
    assert read_frame(str(table))["photo"].tolist() == ["a.png", "b.png"]


def test_missing_pictures_are_named_by_row(tmp_path):
    folder(tmp_path)
    table = tmp_path / "table.csv"
    pd.DataFrame({"photo": ["cats/1.png", "dogs/1.PNG", "gone.png"]}).to_csv(table, index=False)
    with pytest.warns(UserWarning, match=r"gone\.png \(row 3\) is missing"):
        assert read_frame(str(table))["photo"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    "source",
    [
        lambda root: f"{root}/*/**/*.*",
        lambda root: f"{root}/cats/**/*.png,{root}/dogs/*",
        lambda root: [str(root / name) for name in TREE],
    ],
)
def test_patterns_and_lists_of_pictures_are_read_as_their_folder(source, tmp_path):
    pd.testing.assert_frame_equal(read_frame(source(folder(tmp_path))), read_frame(str(tmp_path)))


@pytest.mark.parametrize("make", [folder, zipped, tarred])
def test_the_beginnings_of_files_without_ending_are_read_once(make, tmp_path):
    with open_place(make(tmp_path), "pictures") as place:
        asked = []
        seen = replace(
            place,
            names=(*place.names, "plain"),
            read=None,
            head=lambda name, size: asked.append((name, size)) or png()[:size],
        )
        assert seen.pictures == seen.pictures == list(seen.names)
        assert asked == [("plain", MOST)]
        assert [place.head(name, 4) for name in place.names] == [b"\x89PNG"] * 4


def test_pictures_of_several_folders_keep_their_order(tmp_path):
    root = folder(tmp_path)
    names = ["dogs/2.png", "cats/1.png", "dogs/2.png"]
    assert read_frame([str(root / name) for name in names])["file"].tolist() == names


def test_unreadable_pictures_of_a_pattern_are_named_and_left_out(tmp_path):
    (folder(tmp_path) / "cats" / "3.png").write_bytes(b"rubbish")
    with pytest.warns(UserWarning, match="cats/3.png"):
        assert len(read_frame(f"{tmp_path}/*/*.*")) == 3


def test_patterns_and_lists_of_pictures_need_no_target(tmp_path):
    root = folder(tmp_path)
    for source in (f"{root}/*/*.png", f"{root}/cats/1.png,{root}/dogs/2.png", str(root)):
        assert target_of_folder(source) == "label"
    assert not target_of_folder(f"{root}/*.csv")


def test_pictures_without_classes_ask_for_the_folder_of_folders(tmp_path):
    for at in range(12):
        (tmp_path / f"{at}.png").write_bytes(png(size=(9 + at, 9)))
    with pytest.raises(DataError) as refused:
        KINDS["tabular"].infer_problem(read_frame(f"{tmp_path}/*.png"), TabularProblem(target="label"))
    assert "a folder of pictures for each class" in refused.value.hint
