"""Attacks by folders whose files go to a store that others read."""

from pathlib import Path

import pytest

from podium.servers.errors import ServerError
from podium.servers.uploads import _check_readable, _files, send_data
from podium_ml.errors import DataError
from podium_ml.ingestion.linked_files import linked_files
from podium_ml.settings import TabularSettings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project's folder, which holds more than data."""
    root = tmp_path / "project"
    for name in (
        "a.csv",
        "year=2024/b.csv",
        "notes.md",
        ".env",
        ".git/config",
        "_tmp/c.csv",
        "id_rsa",
        ".x.csv",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("a\n1\n")
    return root


def sent(source: Path | str, wanted: str = "") -> list[str]:
    return [name for _, name in _files(str(source), wanted=wanted)]


def test_only_files_that_reading_takes(folder):
    assert sent(folder) == ["a.csv", "year=2024/b.csv"]


def test_the_asked_format(folder):
    (folder / "rows.jsonl").write_text('{"a": 1}\n')
    assert sent(folder, "json_lines") == ["rows.jsonl"]


def test_links_that_lead_out_of_the_folder(folder, tmp_path):
    (tmp_path / "passwd").write_text("root:x\n")
    (folder / "z.csv").symlink_to(tmp_path / "passwd")
    with pytest.raises(ServerError, match="link to a file outside"):
        sent(folder)


def test_folder_that_is_a_link_out_of_the_folder(folder, tmp_path):
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "z.csv").write_text("a\n1\n")
    (folder / "more").symlink_to(tmp_path / "others")
    with pytest.raises(ServerError, match="link to a file outside"):
        sent(folder)


def test_links_within_the_folder(folder):
    (folder / "z.csv").symlink_to(folder / "a.csv")
    assert sent(folder) == ["a.csv", "year=2024/b.csv", "z.csv"]


def test_delta_table(folder):
    for name in (
        "_delta_log/00.json",
        "_delta_log/_last_checkpoint",
        "part-0.parquet",
        "deletion_vector_1.bin",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    (folder / "a.csv").unlink()
    assert sorted(sent(folder)) == [
        "_delta_log/00.json", "_delta_log/_last_checkpoint", "deletion_vector_1.bin", "part-0.parquet",
    ]  # fmt: skip


def test_single_files_and_patterns(folder):
    assert sent(folder / "a.csv") == ["a.csv"]
    assert sent(folder / "*.csv") == ["00000-a.csv"]
    with pytest.raises(DataError):
        sent(folder / "none")


def test_folders_of_annotations_are_sent_with_their_pictures(folder):
    for name in ("labels/a.txt", "images/a.png", "data.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    found = [name for _, name in _files(str(folder), wanted="", kind="objects")]
    assert found == ["data.yaml", "images/a.png", "labels/a.txt"]


def test_pictures_of_a_pattern_keep_their_folders(folder):
    for name in ("cats/1.png", "cats/2.png", "dogs/1.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    assert sent(f"{folder}/*/*.png") == ["cats/1.png", "cats/2.png", "dogs/1.png"]
    assert sent(f"{folder}/cats/*.png") == ["cats/1.png", "cats/2.png"]


@pytest.mark.minio
def test_pictures_that_a_table_names_are_sent_with_it(tmp_path, s3):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "tags.csv").write_text("picture,tag\nown.png,x\n../near/a.png,y\nlink.png,z\n")
    for name in ("set/own.png", "near/a.png", "passwd"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "set" / "link.png").symlink_to(tmp_path / "passwd")
    s3.create_bucket(Bucket="data")
    settings = TabularSettings(source=str(tmp_path / "set" / "tags.csv"), target="tag")
    changed, first = send_data(settings, "s3://data/podium")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket="data")["Contents"]]
    root = changed.source.removeprefix("s3://data/").removesuffix("tags.csv")
    assert sorted(key.removeprefix(root) for key in keys) == ["near/a.png", "own.png", "tags.csv"]
    (tmp_path / "near" / "a.png").write_text("new")
    assert send_data(settings, "s3://data/podium")[1] != first


@pytest.mark.parametrize(
    "name", ["{root}/private/a.png", "../private/a.png", "../set/link.png", "..\\private\\a.png"]
)
def test_pictures_elsewhere_are_not_sent(name, tmp_path, monkeypatch):
    """A table may be somebody else's, and the store is read by others."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for file in ("private/a.png", "set/own.png"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(file)
    (tmp_path / "set" / "link.png").symlink_to(tmp_path / "private" / "a.png")
    table = tmp_path / "set" / "tags.csv"
    table.write_text(f"picture,tag\nown.png,x\n{name.format(root=tmp_path)},y\n")
    settings = TabularSettings(source=str(table), target="tag")
    with pytest.raises(ServerError, match="names 1 pictures elsewhere"):
        send_data(settings, "s3://data/podium")


def test_lists_of_classes_take_labels_and_no_other_texts(tmp_path):
    for name in (
        "passwords.txt",
        "deep/notes.txt",
        "images/a.png",
        "labels/a.txt",
        "classes.txt",
        ".hidden.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    path = tmp_path / "data.yaml"
    path.write_text("train: images\nnames: [a]\n")
    found = [file.relative_to(tmp_path).as_posix() for file in linked_files([path])]
    assert found == ["classes.txt", "images/a.png", "labels/a.txt"]


@pytest.mark.parametrize(
    "source",
    [
        "https://host/a.csv?sig=secret",
        "https://host/a.csv?$PODIUM_SOURCE_QUERY_1",
        "https://host/a.csv?$AWS_SECRET_ACCESS_KEY",
        "postgresql://db/sales?options=secret",
        "postgresql://db/sales?$PODIUM_SOURCE_QUERY_1",
    ],
)
def test_queries_that_others_would_see(source):
    with pytest.raises(ServerError, match="would be visible"):
        _check_readable(source)


@pytest.mark.parametrize(
    "source",
    [
        "https://host/a.csv",
        "https://host/a.csv?$PODIUM_SECRET_LINK",
        "postgresql://me:$PODIUM_SECRET_DB@db/s?sslmode=require",
    ],
)
def test_secrets_that_pods_have(source):
    _check_readable(source)
