"""The kind of place a source is in, and the name of a source in messages. Imports the standard library only."""

import glob
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from podium_ml.errors import DataError
from podium_ml.values.secrets import is_plain, named_variable, secret_for

Place = Literal["local", "http", "objects", "database"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+._-]*)://")
_PLACES: dict[str, Place] = {
    **{"file": "local", "http": "http", "https": "http"},
    **{"s3": "objects", "s3a": "objects", "minio": "objects"},
}
# An address whose host cannot be misread: no user, no blank, no backslash, no unusual letter.
_CLEAR = re.compile(
    r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]+))?(?:/.*)?", re.DOTALL | re.IGNORECASE
)
_FILE = re.compile(r"[/\\]|\.(csv|tsv|txt|json|jsonl|parquet|feather|arrow|xlsx?)(\.\w+)?$", re.IGNORECASE)
_UNKNOWN = ("gs", "gcs", "az", "abfs", "abfss", "wasb", "wasbs", "adl", "hdfs", "ftp", "sftp", "ssh", "dbfs")
_ENVIRONMENT = {
    "objects": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment",
    "http": "a signed link, or an s3 URL with credentials in the environment",
}


def scheme_of(source: str) -> str:
    """Return the scheme of a URL in lower case; empty for a path.

    >>> scheme_of("S3://bucket/a.csv"), scheme_of("data/a.csv")
    ('s3', '')
    """
    match = _SCHEME.match(source)
    return match[1].lower() if match else ""


def place_of(source: str) -> Place:
    """Return the kind of place a source is in.

    Raises:
        DataError: The URL is of an unsupported kind, invalid, or contains credentials.
    """
    scheme = scheme_of(source)
    if scheme in _UNKNOWN:
        raise DataError(
            f"{public_name(source)}: {scheme} URLs cannot be read.",
            "Copy the data to a file, an http(s) link or an S3 bucket.",
        )
    place = _PLACES.get(scheme, "database") if scheme else "local"
    try:
        is_signed_in = place in _ENVIRONMENT and "@" in urlsplit(source).netloc
    except ValueError as error:
        raise DataError(f"{public_name(source)} is not a valid URL: {error}.", "Check the address.") from None
    if is_signed_in:
        raise DataError(
            f"{public_name(source)}: the URL contains credentials.", f"Use {_ENVIRONMENT[place]} instead."
        )
    return place


def names_file(text: str) -> bool:
    """Whether a text looks like a file or URL rather than a name.

    >>> names_file("DE"), names_file("events.csv"), names_file("s3://lake/events")
    (False, True, True)
    """
    return _FILE.search(text) is not None


def public_name(source: str) -> str:
    """Return a source without user, password and signature, for messages and reports.

    >>> public_name("postgresql://me:secret@db/sales"), public_name("https://host/a.csv?token=secret")
    ('postgresql://db/sales', 'https://host/a.csv')
    """
    if not scheme_of(source):
        return source
    # A password may contain the characters that split a URL.
    scheme, _, rest = source.partition("://")
    rest = rest.rpartition("@")[2] if "@" in rest.split("/")[0] or _is_database(scheme) else rest
    try:
        parts = urlsplit(f"{scheme}://{rest}")
    except ValueError:
        return f"{scheme}://..."
    return (
        urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")) if parts.netloc else f"{scheme}://{rest}"
    )


def conceal_query(source: str, variable: str) -> tuple[str, str]:
    """Replace a URL's query, which may hold a signature, with the name of an environment variable.

    Args:
        source: A path or URL.
        variable: Name of the variable.

    Returns:
        The source to store, and the query for the variable; empty if there is nothing to conceal.

    >>> conceal_query("https://host/a.csv?sig=secret", "SIGNATURE")
    ('https://host/a.csv?$SIGNATURE', 'sig=secret')
    """
    address, _, query = source.partition("?")
    place = _PLACES.get(scheme_of(source), "database") if scheme_of(source) else "local"
    is_harmless = not query or named_variable(query) or (place == "database" and is_plain(query))
    if place not in ("http", "database") or is_harmless:
        return source, ""
    return f"{address}?${variable}", query


def query_variable(source: str) -> str:
    """Return the environment variable that stands for the query of a URL; empty if there is none.

    >>> query_variable("https://host/a.csv?$PODIUM_SECRET_LINK"), query_variable("https://host/a.csv")
    ('PODIUM_SECRET_LINK', '')
    """
    return named_variable(source.partition("?")[2])


def reveal_query(source: str) -> str:
    """Return an http(s) URL with its query restored from an environment variable, if it names one.

    Raises:
        DataError: The variable may not be used for this URL, or is not set; see ``secret_for``.
    """
    address, name = source.partition("?")[0], query_variable(source)
    if not name:
        return source
    label = public_name(source)
    if not (parts := _CLEAR.fullmatch(address)):
        raise DataError(f"{label}: no secret is sent to an unusual address.", "Write https://host/path.")
    scheme, host, port = parts.groups()
    secret = secret_for(name, scheme=scheme.lower(), host=host, port=int(port) if port else None, label=label)
    return f"{address}?{secret}"


def _is_database(scheme: str) -> bool:
    return scheme.lower() not in _PLACES and scheme.lower() not in _UNKNOWN


def split_list(source: str | Sequence[str]) -> list[str]:
    """Return the sources in a list, which may be separated by commas; an existing path is one source."""
    if not isinstance(source, str):
        return [str(one) for one in source]
    parts = [part.strip() for part in source.split(",")]
    if len(parts) > 1 and not os.path.lexists(source) and all(_stands_alone(part) for part in parts):
        return parts
    return [source]


def with_today(source: str) -> str:
    """Return a source with the day in UTC in place of ``{date}``, like 2026-01-31."""
    return source.replace("{date}", f"{datetime.now(UTC):%Y-%m-%d}")


def public_names(source: str | Sequence[str]) -> str:
    """Return a source, or a list of sources, for messages and reports; see ``public_name``."""
    return ", ".join(public_name(one) for one in split_list(source))


def _stands_alone(part: str) -> bool:
    return bool(part) and (bool(scheme_of(part)) or os.path.lexists(part) or glob.has_magic(part))
