"""Downloads from http(s)."""

import http.client
import socket
import ssl
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import Request, urlopen

from podium_ml.errors import DataError
from podium_ml.ingestion.addresses import public_name, reveal_query
from podium_ml.ingestion.disk import writing
from podium_ml.readers import SourceFile

# For connecting, and for every wait for more bytes.
_SECONDS = 8
_CHUNK = 1024 * 1024
_URL_CHARACTERS = "%/:=&?~#+!$,;'@()*[]"


def download(url: str, folder: Path) -> SourceFile:
    """Download a file.

    Args:
        url: Its address; redirects are followed.
        folder: Where to keep it.

    Raises:
        DataError: The server does not answer, or answers with an error, or breaks off.
    """
    label, url = public_name(url), reveal_query(url)
    target = folder / (Path(unquote(urlsplit(url).path)).name[-100:] or "download")
    try:
        # The scheme is http or https: the caller has looked.
        request = Request(quote(url, safe=_URL_CHARACTERS), headers={"User-Agent": "podium"})  # noqa: S310
        with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            _copy(answer, target, label)
    except HTTPError as error:
        raise _refusal(label, error) from None
    except (URLError, TimeoutError, OSError, http.client.HTTPException, ValueError) as error:
        raise DataError(f"{label} cannot be fetched: {_reason(url, error)}.", _HINT) from None
    return SourceFile(str(target), label)


def content_tag(url: str) -> str:
    """Return what the server tells of a file's version without sending it; empty if it tells nothing.

    Args:
        url: Its address.

    Raises:
        DataError: The server does not answer.
    """
    label, url = public_name(url), reveal_query(url)
    try:
        address = quote(url, safe=_URL_CHARACTERS)
        request = Request(address, method="HEAD", headers={"User-Agent": "podium"})  # noqa: S310
        with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            headers = answer.headers
    except HTTPError:  # links may be signed for fetching alone
        return ""
    except (URLError, TimeoutError, OSError, http.client.HTTPException, ValueError) as error:
        raise DataError(f"{label} cannot be fetched: {_reason(url, error)}.", _HINT) from None
    # A weak tag may stay when bytes change; a time of change alone is told in seconds, so the length goes with it.
    tag, changed = headers.get("ETag", ""), headers.get("Last-Modified", "")
    if tag and not tag.startswith("W/"):
        return tag
    return f"{tag} {changed} {headers.get('Content-Length', '')}" if changed else ""


_HINT = "Check the address and the network."


def _copy(answer: http.client.HTTPResponse, target: Path, label: str) -> None:
    with writing(target), target.open("wb") as file:
        _copy_bytes(answer, file, label)
    expected = answer.headers.get("Content-Length")
    if expected and target.stat().st_size != int(expected):
        raise DataError(
            f"{label} broke off after {target.stat().st_size:,} of {int(expected):,} bytes.", "Try again."
        )


def _copy_bytes(answer: http.client.HTTPResponse, file: BinaryIO, label: str) -> None:
    try:
        while chunk := answer.read(_CHUNK):
            file.write(chunk)
    except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
        raise DataError(f"{label} broke off: {error}.", "Try again.") from None


def _refusal(label: str, error: HTTPError) -> DataError:
    hint = "Try again later."
    if error.code in (401, 403, 407):
        hint = "Use a link that works without signing in."
    elif error.code < 500:
        hint = "Check the link, also in a browser."
    return DataError(f"{label}: the server answers {error.code} ({error.reason}).", hint)


def _reason(url: str, error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    host = urlsplit(url).hostname or ""
    if isinstance(cause, socket.gaierror):
        return f"there is no host {host}"
    if isinstance(cause, TimeoutError):
        return f"{host} does not answer within {_SECONDS} seconds"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not valid ({cause.verify_message})"
    if isinstance(cause, ConnectionRefusedError):
        return f"{host} refuses the connection"
    return str(cause)
