"""Tests of ingestion from databases through SQLAlchemy."""

import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.unit.ingestion.ingesting import Ingest


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/a.db"
    with create_engine(address).begin() as connection:
        connection.execute(text("CREATE TABLE sales (id TEXT, n INTEGER, x REAL, t DATETIME, b BLOB)"))
        for row in range(3):
            connection.execute(
                text("INSERT INTO sales VALUES (:id, :n, :x, :t, :b)"),
                {"id": f"0{row}", "n": row, "x": None, "t": f"2024-01-0{row + 1}", "b": b"\xff"},
            )
    return address


def test_query(ingest: Ingest, url: str) -> None:
    query = "SELECT id, n, n * 0.5 AS half, t FROM sales WHERE '12:30' LIKE '%:%' ORDER BY n"
    frame = ingest.frame(url, query=query)
    assert frame["id"].tolist() == ["00", "01", "02"]
    assert frame["half"].tolist() == [0.0, 0.5, 1.0]
    assert frame["t"][2] == datetime.datetime(2024, 1, 3)
    assert ingest(url, query=query).details["query"] == query


def test_single_table_needs_no_query(ingest: Ingest, url: str) -> None:
    assert ingest.types(url) == {
        "id": "string",
        "n": "int64",
        "x": "string",
        "t": "timestamp[us]",
        "b": "binary",
    }


def test_many_rows_are_read_in_batches(ingest: Ingest, url: str) -> None:
    numbers = (
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 40000) SELECT n FROM r"
    )
    assert ingest(url, query=numbers).rows == 40_000


def test_several_tables_need_a_query(ingest: Ingest, url: str) -> None:
    with create_engine(url).begin() as connection:
        connection.execute(text("CREATE TABLE other (a INTEGER)"))
    assert "other, sales" in ingest.refusal(url).hint


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELEC 1", "syntax"),
        ("SELECT * FROM none", "no such table: none"),
        ("SELECT none FROM sales", "no such column: none"),
        ("DELETE FROM sales WHERE n > 100", "no rows"),
        ("SELECT * FROM sales WHERE n > 100", "no rows"),
        ("SELECT n, n FROM sales", "same name"),
    ],
)
def test_bad_queries(ingest: Ingest, url: str, query: str, message: str) -> None:
    assert message in ingest.refusal(url, query=query).message


def test_missing_file_is_not_created(ingest: Ingest, tmp_path: Path) -> None:
    assert "There is no file" in ingest.refusal(f"sqlite:///{tmp_path}/none.db", query="SELECT 1").message
    assert not (tmp_path / "none.db").exists()


def test_file_is_not_a_database(ingest: Ingest, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("no database" * 100)
    assert "not a database" in ingest.refusal(f"sqlite:///{tmp_path}/a.db").message


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("oracle+oracledb://me:topsecret@host/db", "pip install oracledb"),
        ("oracle+cx_Oracle://me:topsecret@host/db", "no reader for oracle+cx_Oracle"),
        ("nonsense://me:topsecret@host/db", "no reader for nonsense"),
        ("mysql://me:topsecret@host:port/db", "not a database URL"),
        ("postgresql+nonsense://me:topsecret@host/db", "no reader for postgresql+nonsense"),
    ],
)
def test_connection_errors(ingest: Ingest, url: str, message: str) -> None:
    error = ingest.refusal(url, query="SELECT 1")
    assert message in str(error)
    assert "topsecret" not in str(error)


def test_password_from_the_environment(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection fails, and the message shows neither the password nor its variable."""
    monkeypatch.setenv("DATABASE_PASSWORD", "topsecret")
    error = ingest.refusal("oracle+oracledb://me:$DATABASE_PASSWORD@127.0.0.1:9/db", query="SELECT 1")
    assert "topsecret" not in str(error)
    assert "$DATABASE" not in str(error)


def test_other_formats(ingest: Ingest, url: str) -> None:
    assert "not csv" in ingest.refusal(url, format="csv").message
    assert "together" in ingest.refusal([url, url]).message
    assert ingest(url, format="sql").rows == 3
