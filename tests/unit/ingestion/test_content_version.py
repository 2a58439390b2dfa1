"""Tests of content versions, which detect changed data without reading it."""

import pytest

from podium_ml.errors import DataError
from podium_ml.ingestion.content_version import content_version


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
