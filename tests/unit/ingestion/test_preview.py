"""Tests of a look at the first rows of a source."""

import base64
import gzip
import io

import pandas as pd
import pytest
from PIL import Image

from podium_ml.ingestion import preview as module
from podium_ml.ingestion import read
from podium_ml.ingestion.preview import preview

TEXT = "age;größe;churn\n" + "1;1,5;yes\n2;2,5;no\n" * 200


@pytest.fixture
def short(monkeypatch):
    """Read no more than the first rows of a file."""
    for one in (read, module):
        monkeypatch.setattr(one, "BEGINNING_BYTES", 1001)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "latin-1"])
def test_long_file_is_read_up_to_a_whole_line(write, short, encoding):
    found = preview(write("a.csv", TEXT.encode(encoding)))
    assert list(found.table.columns) == ["age", "größe", "churn"]
    assert 20 < len(found.table) < 400
    assert set(found.table["churn"]) == {"yes", "no"}
    assert set(found.table["größe"]) == {1.5, 2.5}
    assert not found.is_whole


def test_packed_file_is_read_up_to_a_whole_line_too(write, short):
    found = preview(write("a.csv.gz", gzip.compress(TEXT.encode())))
    assert 20 < len(found.table) < 400
    assert not found.is_whole


def test_short_file_is_read_whole(write):
    found = preview(write("a.csv", TEXT))
    assert len(found.table) == 400
    assert found.is_whole


def test_bytes_behind_the_beginning_are_not_looked_at(write, short):
    """Reading a long file to its end, only to show its first rows, would take seconds."""
    found = preview(write("a.csv", TEXT.encode() + b"\xff\xfe" * 1000))
    assert found.facts.details["encoding"] == "utf-8"


def test_pictures_are_shown_small_and_other_bytes_by_their_size(tmp_path):
    stream = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(stream, "PNG")
    table = pd.DataFrame({"picture": [stream.getvalue(), None], "note": ["a", None]})
    table.to_parquet(tmp_path / "a.parquet")
    found = preview(str(tmp_path / "a.parquet")).to_dict(head=5)
    (first, _), second = found["head"]
    assert Image.open(io.BytesIO(base64.b64decode(first.partition(",")[2]))).size == (48, 36)
    assert second == ["", ""]
    assert {one["name"]: one["distinct"] for one in found["columns"]} == {"picture": 1, "note": 1}
