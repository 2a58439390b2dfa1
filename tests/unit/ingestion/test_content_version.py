"""Tests of content versions, which detect changed data without reading it."""

import os

import pandas as pd
import pytest
from PIL import Image

from podium_ml.errors import DataError
from podium_ml.ingestion.content_version import content_version
from podium_ml.ingestion.linked_files import linked_files
from podium_ml.values import bounds


def test_version_of_local_files_depends_on_content(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n")
    first = content_version(str(path))
    assert content_version(str(path), "") == first
    path.write_text("x\n2\n")
    assert content_version(str(path)) != first
    path.write_text("x\n1\n")
    assert content_version(str(path)) == first
    assert content_version(str(path), str(path)) != first


@pytest.mark.parametrize("source", ["nowhere.csv", "sqlite:///nowhere.db"])
def test_unknown_version_is_always_new(source):
    assert content_version(source).startswith("unknown-")
    assert content_version(source) != content_version(source)


@pytest.mark.parametrize("source", ["http://127.0.0.1:9/a.csv?sig=s3cret", "gs://bucket/a.csv"])
def test_unreachable_source_raises_error(source):
    with pytest.raises(DataError, match="cannot be") as caught:
        content_version(source)
    assert "s3cret" not in str(caught.value)


def test_version_of_web_files(tmp_path, web):
    (tmp_path / "a.csv").write_text("x\n1\n")
    url = f"{web}/a.csv"
    first = content_version(url)
    assert not first.startswith("unknown")
    assert content_version(url) == first
    (tmp_path / "a.csv").write_text("x\n12\n")
    assert content_version(url) != first
    (tmp_path / "a.csv").unlink()
    assert content_version(url).startswith("unknown")


def save_picture(path, colour="red"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), colour).save(path)


def of_table(root):
    path = root / "tags.csv"
    path.write_text('picture,tag\n"pics/a b.png",x\nazureml://store/pics/c.png,y\n', encoding="utf-8")
    save_picture(root / "pics" / "c.png")
    return path, root / "pics" / "a b.png"


def of_parquet(root):
    path = root / "tags.parquet"
    pd.DataFrame({"picture": ["a.png"], "tag": ["x"]}).to_parquet(path)
    return path, root / "a.png"


def of_workbook(root):
    path = root / "tags.xlsx"
    pd.DataFrame({"picture": ["a & b.png"], "tag": ["x"]}).to_excel(path, index=False)
    return path, root / "a & b.png"


def of_coco(root):
    path = root / "labels" / "instances.json"
    path.parent.mkdir()
    path.write_text('{"images": [{"id": 0, "file_name": "gr\\u00fcn\\/1.jpg"}], "annotations": []}')
    return path, root / "images" / "grün" / "1.jpg"


def of_yolo(root):
    path = root / "data.yaml"
    path.write_text("path: .\ntrain: images\nnames: [tile]\n")
    save_picture(root / "images" / "a.png")
    return path, root / "labels" / "a.txt"


@pytest.mark.parametrize("made", [of_table, of_parquet, of_workbook, of_coco, of_yolo])
def test_changed_files_under_unchanged_names_are_new_data(tmp_path, made):
    source, linked = made(tmp_path)
    without = content_version(str(source))
    if linked.suffix == ".txt":
        linked.parent.mkdir()
        linked.write_text("0 .5 .5 .1 .1")
    else:
        save_picture(linked)
    first = content_version(str(source))
    assert first != without
    assert content_version(str(source)) == first
    before = linked.stat()
    os.utime(linked, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert content_version(str(source)) != first


def test_pictures_that_no_table_names_change_nothing(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    first = content_version(str(tmp_path / "a.csv"))
    save_picture(tmp_path / "b.png")
    assert content_version(str(tmp_path / "a.csv")) == first


def test_version_of_pictures_on_the_web(tmp_path, web):
    save_picture(tmp_path / "a.png")
    table = tmp_path / "tags.csv"
    table.write_text(f"picture,tag\n{web}/a.png,x\n")
    first = content_version(str(table))
    assert content_version(str(table)) == first
    save_picture(tmp_path / "a.png", "blue")
    os.utime(tmp_path / "a.png", (1e9, 1e9))
    assert content_version(str(table)) != first


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"PK\x03\x04 no workbook"),
        ("a.parquet", b"PAR1 no table PAR1"),
        ("a.csv", b"a.png," + b"x" * 100_000),
    ],
)
def test_damaged_files_name_no_pictures(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    assert content_version(str(tmp_path / name)) == content_version(str(tmp_path / name))


def test_parquet_bomb_is_not_unpacked_for_the_names_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "_ALWAYS_UNPACKED", 1 << 18)
    save_picture(tmp_path / "a.png")
    path = tmp_path / "a.parquet"
    pd.DataFrame({"picture": ["a.png" if row else "x" * (1 << 22) for row in range(2)]}).to_parquet(
        path, compression="zstd"
    )
    assert linked_files([path]) == []
    pd.DataFrame({"picture": ["a.png", "y"]}).to_parquet(path)
    assert linked_files([path]) == [tmp_path / "a.png"]


@pytest.mark.minio
def test_version_of_pictures_beside_an_object(s3):
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="set/tags.csv", Body=b"picture,tag\na.png,x\n")
    s3.put_object(Bucket="photos", Key="set/a.png", Body=b"1")
    first = content_version("s3://photos/set/tags.csv")
    assert content_version("s3://photos/set/tags.csv") == first
    s3.put_object(Bucket="photos", Key="set/a.png", Body=b"2")
    assert content_version("s3://photos/set/tags.csv") != first
