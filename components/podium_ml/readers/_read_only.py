"""Queries that only read, and database sessions that let nothing else through."""

import re
from typing import TYPE_CHECKING

from podium_ml.errors import DataError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_GAP = r"(?:\s|/\*(?:[^*]|\*(?!/))*\*/|--[^\n]*(?:\n|$)|\#[^\n]*(?:\n|$))"
_READS = re.compile(rf"(?:{_GAP}|\()*(?:select|with|values|table|show|describe|from)\b", re.IGNORECASE)
# Words of statements that change something; after the dot of a table they are names.
_WRITES = re.compile(
    r"(?<!\w)(?<![A-Za-z_'\]]\.)(into|insert|update|delete|merge|drop|alter|create|truncate|grant|revoke|exec|execute"
    r"|attach|pragma|vacuum|shutdown|xp_\w+)(?!\w)",
    re.IGNORECASE,
)
_SECOND_STATEMENT = re.compile(rf";{_GAP}*[^\s;]")
# Databases disagree on where text with these ends, so all of it is taken for SQL.
_AMBIGUOUS = re.compile(r"\\|--|#|/\*|\$|\bn?q'", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\[[^\]]*\]")
# The statement that makes a transaction read-only, by dialect; MySQL's is for the next transaction.
_SESSIONS = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}


def check_reads(query: str, *, label: str) -> None:
    """Check that a query is one statement that only reads, as far as its words say.

    Args:
        query: The query.
        label: Name of the source in messages.

    Raises:
        DataError: It is not.
    """
    code = query if _AMBIGUOUS.search(query) else _QUOTED.sub("''", query)
    hint = "Use one SELECT statement; put a name that is such a word into quotes."
    if found := _WRITES.search(code):
        raise DataError(f"{label}: the query may only read, but contains {found[1].upper()}.", hint)
    if not _READS.match(code):
        raise DataError(f"{label}: the query does not begin with SELECT or WITH.", hint)
    if _SECOND_STATEMENT.search(code):
        raise DataError(f"{label}: the query has more than one statement.", "Use one SELECT statement.")


def begin_reading(connection: "Connection") -> None:
    """Let a connection only read, where its database can be told so."""
    dialect = connection.dialect.name
    if statement := _SESSIONS.get(dialect):
        connection.exec_driver_sql(statement)
    if dialect in ("mysql", "mariadb"):
        connection.rollback()
