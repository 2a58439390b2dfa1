"""What tells that the data changed, before they are read."""

import pytest

from podium_ml.errors import DataError
from podium_ml.ingestion.content_version import content_version


def test_local_files_are_known_by_their_bytes(tmp_path):
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
def test_what_cannot_be_told_is_new_each_time(source):
    assert content_version(source).startswith("unknown-")
    assert content_version(source) != content_version(source)


@pytest.mark.parametrize("source", ["http://127.0.0.1:9/a.csv?sig=s3cret", "gs://bucket/a.csv"])
def test_a_place_that_cannot_be_reached_is_told_at_once(source):
    with pytest.raises(DataError, match="cannot be") as caught:
        content_version(source)
    assert "s3cret" not in str(caught.value)


def test_pages_are_known_by_what_their_server_tells(tmp_path, web):
    (tmp_path / "a.csv").write_text("x\n1\n")
    url = f"{web}/a.csv"
    first = content_version(url)
    assert not first.startswith("unknown")
    assert content_version(url) == first
    (tmp_path / "a.csv").write_text("x\n12\n")
    assert content_version(url) != first
    (tmp_path / "a.csv").unlink()
    assert content_version(url).startswith("unknown")
