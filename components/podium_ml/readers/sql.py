"""Databases, read through SQLAlchemy with a URL and a query."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from podium_ml.confinement.extras import install_packages
from podium_ml.errors import DataError
from podium_ml.readers._database_url import connect_arguments, parse_url, pinned, without_secrets
from podium_ml.readers._read_only import begin_reading, check_reads
from podium_ml.readers._reader import Reader, Reading
from podium_ml.readers._records import to_batch
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

_ROWS = 16_384
_DRIVERS = {
    "psycopg": "'psycopg[binary]'",
    "psycopg2": "psycopg2-binary",
    "MySQLdb": "mysqlclient",
    "pymysql": "pymysql",
    "pyodbc": "pyodbc",
    "oracledb": "oracledb",
    "cx_Oracle": "oracledb",
}


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read the result of a query, or the only table of the database if there is no query."""
    url = parse_url(file)
    _check_sqlite(url)
    if options.query:
        check_reads(options.query, label=file.label)
    engine = _connect(file, url)
    query = options.query or f"SELECT * FROM {_only_table(file, engine, url)}"  # noqa: S608 - the name is quoted
    return Reading(_stream(file, engine, url, query), {"dialect": url.get_backend_name(), "query": query})


def _check_sqlite(url: "URL") -> None:
    """Raise an error if the database file does not exist, because connecting would create it."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise DataError(f"There is no file {url.database or ''}.", "Use sqlite:///path/to/file.")


def _connect(file: SourceFile, url: "URL") -> "Engine":
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    target, more = pinned(file, url)
    try:
        return create_engine(target, connect_args={**connect_arguments(url), **more})
    except NoSuchModuleError as error:
        raise DataError(
            f"{file.label}: there is no reader for {url.drivername} URLs.",
            "Podium reads files, folders, http(s), s3 and minio URLs, and databases that SQLAlchemy supports.",
        ) from error
    except ModuleNotFoundError as error:
        package = _DRIVERS.get(str(error.name), str(error.name))
        raise DataError(
            f"{file.label}: the database driver {error.name} is not installed.",
            install_packages(package),
        ) from error
    except ArgumentError as error:
        raise DataError(f"{file.label} is not a database URL: {error}.") from error


def _only_table(file: SourceFile, engine: "Engine", url: "URL") -> str:
    from sqlalchemy import inspect
    from sqlalchemy.exc import SQLAlchemyError

    try:
        inspector = inspect(engine)
        names = [*inspector.get_table_names(), *inspector.get_view_names()]
    except SQLAlchemyError as error:
        raise _failure(file, url, error) from None
    if len(names) == 1:
        return engine.dialect.identifier_preparer.quote(names[0])
    shown = ", ".join(names[:20]) or "none"
    raise DataError(
        f"{file.label} does not have exactly one table, so a query is needed.",
        f"Query one of its tables: {shown}.",
    )


def _stream(file: SourceFile, engine: "Engine", url: "URL", query: str) -> Iterator[pa.RecordBatch]:
    from sqlalchemy.exc import ResourceClosedError, SQLAlchemyError

    try:
        with engine.connect().execution_options(stream_results=True) as connection:
            begin_reading(connection)
            # Pass the query to the driver unchanged, so that SQLAlchemy does not interpret colons and percent signs.
            result = connection.exec_driver_sql(query)
            names = list(result.keys())
            yield to_batch(names, [[] for _ in names])
            while rows := result.fetchmany(_ROWS):
                yield to_batch(names, [list(column) for column in zip(*rows, strict=True)])
    except ResourceClosedError:
        raise DataError(f"{file.label}: the query returns no rows.", "Use a SELECT statement.") from None
    except SQLAlchemyError as error:
        # The chain of exceptions may contain the password.
        raise _failure(file, url, error) from None
    finally:
        engine.dispose()


def _failure(file: SourceFile, url: "URL", error: Exception) -> DataError:
    from sqlalchemy.exc import ProgrammingError

    reason = without_secrets(" ".join(str(getattr(error, "orig", None) or error).split()), url)
    is_query = isinstance(error, ProgrammingError) or re.search(
        r"syntax|no such|does not exist|unknown", reason
    )
    hint = "Check the query." if is_query else "Check the address, the network and the user."
    return DataError(f"{file.label}: {reason}.", hint)


SPEC = Reader(
    name="sql",
    description="Databases that SQLAlchemy supports: dialect://user:$PODIUM_SECRET_NAME@host/database, with a query.",
    read=read,
    takes="database",
    texts="dates",
)
