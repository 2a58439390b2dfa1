"""Tests of ingestion from databases through SQLAlchemy."""

import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from podium_ml.errors import DataError
from podium_ml.readers import SourceFile
from podium_ml.readers._database_url import connect_arguments, parse_url, without_secrets
from podium_ml.readers._read_only import begin_reading, check_reads
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
        ("SELECT FROM sales", "syntax"),
        ("SELECT * FROM none", "no such table: none"),
        ("SELECT none FROM sales", "no such column: none"),
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


class TestPasswords:
    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_PASSWORD", "topsecret")
        monkeypatch.setenv("PODIUM_SECRET_DB", "topsecret")
        monkeypatch.setenv("PODIUM_SECRET_DB_HOST", "db.example.com")

    def test_password_reaches_its_host(self) -> None:
        url = parse_url(
            database("postgresql://me:$PODIUM_SECRET_DB@db.example.com:5432/sales?sslmode=require")
        )
        assert (url.password, url.query["sslmode"]) == ("topsecret", "require")

    def test_whole_query_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PODIUM_SECRET_DB", "password=topsecret&sslmode=require")
        url = parse_url(database("postgresql://me@db.example.com/sales?$PODIUM_SECRET_DB"))
        assert dict(url.query) == {"password": "topsecret", "sslmode": "require"}

    @pytest.mark.parametrize(
        "address",
        [
            "postgresql://me:$DATABASE_PASSWORD@db.example.com/sales",
            "postgresql://me:$PODIUM_SECRET_DB@stranger.example/sales",
            "postgresql://me:$PODIUM_SECRET_DB@db.example.com/sales?host=stranger.example",
            "postgresql://me:$PODIUM_SECRET_DB@db.example.com/sales?%68ost=stranger.example",
            "postgresql://me:$PODIUM_SECRET_DB@db.example.com/host=stranger.example",
            "postgresql://me:$PODIUM_SECRET_DB@db.example.com,stranger.example/sales",
            "mysql://me:$PODIUM_SECRET_DB@db.example.com/sales?unix_socket=/tmp/stranger",
            "mssql+pyodbc://me:$PODIUM_SECRET_DB@db.example.com/sales?driver=/tmp/stranger.so",
            "postgresql://me@stranger.example/sales?$PODIUM_SECRET_DB",
        ],
    )
    def test_password_stays_with_its_host(self, address: str) -> None:
        with pytest.raises(DataError) as refusal:
            parse_url(database(address))
        assert "topsecret" not in str(refusal.value)

    def test_passwords_that_drivers_find_themselves(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A driver would send PGPASSWORD to any host."""
        monkeypatch.setenv("PGPASSWORD", "topsecret")
        monkeypatch.setenv("PGHOST", "db.example.com")
        stranger, own = (
            make_url(f"postgresql://me@{host}/x") for host in ("stranger.example", "db.example.com")
        )
        assert connect_arguments(stranger)["password"] == ""
        assert "password" not in connect_arguments(own)

    def test_messages(self, ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
        """The connection fails, and the message shows neither the password nor its variable."""
        monkeypatch.setenv("PODIUM_SECRET_DB_HOST", "127.0.0.1")
        error = ingest.refusal("oracle+oracledb://me:$PODIUM_SECRET_DB@127.0.0.1:9/db", query="SELECT 1")
        assert "topsecret" not in str(error)
        assert "$PODIUM" not in str(error)

    def test_drivers_messages(self) -> None:
        url = make_url("postgresql://me:topsecret@db/x?sslpassword=alsosecret&application_name=a")
        assert without_secrets("no topsecret, no alsosecret", url) == "no ***, no ***"


class TestWrites:
    @pytest.mark.parametrize(
        "query",
        [
            "DELETE FROM sales",
            "WITH old AS (DELETE FROM sales RETURNING *) SELECT * FROM old",
            "WITH old AS (SELECT 1) DELETE FROM sales",
            "SELECT 1; DROP TABLE sales",
            "SELECT 1; COMMIT",
            "SELECT 1;--\nCALL forget()",
            "SELECT * INTO copy FROM sales",
            "SELECT 1 AS 'x'INTO OUTFILE '/tmp/x'",
            "SELECT 1 /*! INTO OUTFILE '/tmp/x' */",
            "SELECT '\\' INTO copy FROM sales --'",
            "SELECT 1.INTO OUTFILE '/tmp/x'",
            "SELECT $$ INTO OUTFILE '/tmp/x' $$",
            "/* SELECT */ DELETE/**/FROM sales",
            "ATTACH '/tmp/new.db' AS new",
            "PRAGMA writable_schema = ON",
            "COPY sales TO PROGRAM 'sh'",
            "EXPLAIN ANALYZE DELETE FROM sales",
            "EXEC xp_cmdshell 'sh'",
        ],
    )
    def test_queries_that_write(self, ingest: Ingest, url: str, query: str) -> None:
        before = Path(url.removeprefix("sqlite:///")).read_bytes()
        error = ingest.refusal(url, query=query)
        assert "query" in error.message
        assert Path(url.removeprefix("sqlite:///")).read_bytes() == before

    @pytest.mark.parametrize(
        "query",
        [
            "  SELECT * FROM sales;  ",
            "-- all of them\nSELECT * FROM sales",
            "(SELECT n FROM sales)",
            "WITH s AS (SELECT n FROM sales) SELECT n FROM s",
            "VALUES (1), (2)",
            "SELECT n AS \"delete\", 'insert into; x' AS t, replace(id, 'a', 'b') AS r FROM sales",
            "SELECT n AS inserted, n AS updated_at, n AS copy, n AS call FROM sales",
        ],
    )
    def test_queries_that_read(self, query: str) -> None:
        check_reads(query, label="a database")

    def test_session_only_reads(self, url: str) -> None:
        with create_engine(url).connect() as connection:
            begin_reading(connection)
            with pytest.raises(OperationalError, match="readonly"):
                connection.exec_driver_sql("DELETE FROM sales")


def database(address: str) -> SourceFile:
    return SourceFile(address, "a database")


def test_other_formats(ingest: Ingest, url: str) -> None:
    assert "not csv" in ingest.refusal(url, format="csv").message
    assert "together" in ingest.refusal([url, url]).message
    assert ingest(url, format="sql").rows == 3
