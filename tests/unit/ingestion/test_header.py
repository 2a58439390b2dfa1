"""Tests of reading the columns of a source without reading all of it."""

import pandas as pd
import pytest

from podium_ml.ingestion import header
from podium_ml.ingestion.header import read_header
from podium_ml.settings import ReaderOptions

COLUMNS = ("age", "größe", "churn")
TEXT = "age;größe;churn\n1;1,5;yes\n2;2,5;no\n" + "3;3,5;yes\n" * 50


@pytest.fixture
def short(monkeypatch):
    """Read no more than the first rows of a file."""
    monkeypatch.setattr(header, "_MOST_BYTES", 100)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_text_file(encoding, write):
    assert read_header(write("a.csv", TEXT.encode(encoding)), ReaderOptions()) == COLUMNS


def test_options_are_used(write):
    assert read_header(write("a.txt", "a|b;c\n1|2;3\n"), ReaderOptions(delimiter="|")) == ("a", "b;c")


@pytest.mark.parametrize("name", ["a.parquet", "a.xlsx"])
def test_other_formats(name, tmp_path):
    table = pd.DataFrame([[1, 1.5, "yes"]], columns=list(COLUMNS))
    (table.to_parquet if name.endswith("parquet") else table.to_excel)(tmp_path / name, index=False)
    assert read_header(str(tmp_path / name), ReaderOptions()) == COLUMNS


def test_beginning_of_a_page(web, write, short):
    write("good.csv", TEXT)
    assert read_header(f"{web}/good.csv", ReaderOptions()) == COLUMNS
    assert read_header(f"{web}/moved", ReaderOptions()) == COLUMNS


def test_beginning_of_an_object_and_of_a_folder(s3, short):
    s3.create_bucket(Bucket="lake")
    for name in ("day=1/a.csv", "day=2/b.csv"):
        s3.put_object(Bucket="lake", Key=f"sales/{name}", Body=TEXT.encode())
    assert read_header("s3://lake/sales/day=1/a.csv", ReaderOptions()) == COLUMNS
    assert read_header("s3://lake/sales/", ReaderOptions()) == (*COLUMNS, "day")


def test_beginning_of_a_file_that_needs_its_end_says_nothing(s3, tmp_path, short):
    pd.DataFrame({"age": range(500)}).to_parquet(tmp_path / "a.parquet")
    s3.create_bucket(Bucket="lake")
    s3.upload_file(str(tmp_path / "a.parquet"), "lake", "a.parquet")
    assert read_header("s3://lake/a.parquet", ReaderOptions()) == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"age": 1}\n{"age": 2, "churn": 1}\n'),
        ("a.csv", ""),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(50)),
    ],
    ids=["records may omit columns", "empty", "not a table"],
)
def test_what_proves_nothing(name, content, write):
    assert read_header(write(name, content), ReaderOptions()) == ()


@pytest.mark.parametrize(
    "source",
    [
        "nowhere.csv",
        "http://127.0.0.1:9/a.csv",
        "s3://nobody/a.csv",
        "sqlite:///nowhere.db?query=select+1",
    ],
)
def test_what_cannot_be_reached_is_no_error(source, s3):
    assert read_header(source, ReaderOptions()) == ()
