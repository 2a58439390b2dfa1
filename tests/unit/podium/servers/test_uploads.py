"""Attacks by folders whose files go to a store that others read."""

from pathlib import Path

import pytest

from podium.servers.errors import ServerError
from podium.servers.uploads import _check_readable, _files
from podium_ml.errors import DataError


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
