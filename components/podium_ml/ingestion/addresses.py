"""What kind of place a source is, and what messages may show of it. Imports the standard library only."""

import os
import re
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from podium_ml.errors import DataError

Place = Literal["local", "http", "objects", "database"]

# A query that is but the name of an environment variable; services have parameters like $top, in small letters.
_VARIABLE = re.compile(r"\$([A-Z][A-Z0-9_]*)")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+._-]*)://")
_PLACES: dict[str, Place] = {
    **{"file": "local", "http": "http", "https": "http"},
    **{"s3": "objects", "s3a": "objects", "minio": "objects"},
}
_UNKNOWN = ("gs", "gcs", "az", "abfs", "abfss", "wasb", "wasbs", "adl", "hdfs", "ftp", "sftp", "ssh", "dbfs")
_ENVIRONMENT = {
    "objects": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment",
    "http": "a signed link, or an s3 URL with credentials in the environment",
}


def scheme_of(source: str) -> str:
    """Return the scheme of a URL in small letters; empty for a path.

    >>> scheme_of("S3://bucket/a.csv"), scheme_of("data/a.csv")
    ('s3', '')
    """
    match = _SCHEME.match(source)
    return match[1].lower() if match else ""


def place_of(source: str) -> Place:
    """Return what kind of place a source is.

    Raises:
        DataError: It is a kind of URL that Podium does not read, is no valid one, or has credentials in it.
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
        raise DataError(f"{public_name(source)} is no valid URL: {error}.", "Check the address.") from None
    if is_signed_in:
        raise DataError(
            f"{public_name(source)}: the URL has credentials in it.", f"Use {_ENVIRONMENT[place]} instead."
        )
    return place


def public_name(source: str) -> str:
    """Return what messages and reports may show of a source: no user, password or signature.

    >>> public_name("postgresql://me:secret@db/sales"), public_name("https://host/a.csv?token=secret")
    ('postgresql://db/sales', 'https://host/a.csv')
    """
    if not scheme_of(source):
        return source
    # A password may itself hold the characters that split a URL.
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
    """Put the name of an environment variable in the place of a URL's query, which may sign it.

    Args:
        source: A path or URL.
        variable: Name of the variable.

    Returns:
        The source to keep, and the query to set the variable to; empty where there is nothing to conceal.

    >>> conceal_query("https://host/a.csv?sig=secret", "SIGNATURE")
    ('https://host/a.csv?$SIGNATURE', 'sig=secret')
    """
    address, _, query = source.partition("?")
    takes_query = _PLACES.get(scheme_of(source), "database") in ("http", "database")
    if not (scheme_of(source) and takes_query and query) or _VARIABLE.fullmatch(query):
        return source, ""
    return f"{address}?${variable}", query


def reveal_query(source: str) -> str:
    """Return a URL with its query, where an environment variable stands for that.

    Raises:
        DataError: The variable is not set.
    """
    address, _, query = source.partition("?")
    named = _VARIABLE.fullmatch(query)
    if named is None:
        return source
    if named[1] not in os.environ:
        raise DataError(
            f"{public_name(source)}: the environment variable {named[1]} is not set.",
            "It stands for what follows the ? in the address: set it, or give the whole address.",
        )
    return f"{address}?{os.environ[named[1]]}"


def _is_database(scheme: str) -> bool:
    return scheme.lower() not in _PLACES and scheme.lower() not in _UNKNOWN
