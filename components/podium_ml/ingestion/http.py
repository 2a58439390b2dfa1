"""Downloads from http(s)."""

import http.client
import socket
import ssl
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit

from podium_ml.errors import DataError
from podium_ml.files.inside import plain_name
from podium_ml.ingestion._requests import SECONDS, Answer, open_url
from podium_ml.ingestion.disk import writing
from podium_ml.readers import Allowance, SourceFile
from podium_ml.values.addresses import public_name

_CHUNK = 1024 * 1024


def download(url: str, folder: Path, *, most: int | None = None) -> SourceFile:
    """Download a file.

    Args:
        url: Address of the file; redirects are followed.
        folder: Folder to save it in.
        most: Most bytes that it may have; see ``Allowance``.

    Raises:
        DataError: The server does not answer, answers with an error, or breaks off the transfer.
    """
    label = public_name(url)
    target = folder / plain_name(unquote(urlsplit(label).path), otherwise="download")
    try:
        with open_url(url) as answer:
            _copy(answer, target, label, most)
    except HTTPError as error:
        raise _refusal(label, error) from None
    except (URLError, TimeoutError, OSError, http.client.HTTPException, ValueError) as error:
        raise DataError(f"{label} cannot be fetched: {_reason(url, error)}.", _HINT) from None
    return SourceFile(str(target), label)


def download_beginning(url: str, target: Path, *, most: int) -> SourceFile:
    """Download the first bytes of a file.

    Args:
        url: Address of the file; redirects are followed.
        target: File to write.
        most: Number of bytes.

    Raises:
        DataError: The server does not answer, or answers with an error.
    """
    label = public_name(url)
    try:
        with open_url(url) as answer, writing(target):
            target.write_bytes(_beginning(answer, most))
    except (URLError, TimeoutError, OSError, http.client.HTTPException, ValueError) as error:
        raise DataError(f"{label} cannot be fetched: {_reason(url, error)}.", _HINT) from None
    return SourceFile(str(target), label)


def content_tag(url: str) -> str:
    """Return a tag for a file's version from its HTTP headers; empty if the server gives none.

    Args:
        url: Address of the file.

    Raises:
        DataError: The server does not answer.
    """
    label = public_name(url)
    try:
        with open_url(url, method="HEAD") as answer:
            headers = answer.headers
    except HTTPError:  # signed links may allow downloads only
        return ""
    except (URLError, TimeoutError, OSError, http.client.HTTPException, ValueError) as error:
        raise DataError(f"{label} cannot be fetched: {_reason(url, error)}.", _HINT) from None
    # A weak tag may stay the same when bytes change. Last-Modified counts whole seconds, so the length is added to it.
    tag, changed = headers.get("ETag", ""), headers.get("Last-Modified", "")
    if tag and not tag.startswith("W/"):
        return tag
    return f"{tag} {changed} {headers.get('Content-Length', '')}" if changed else ""


_HINT = "Check the address and the network."


def _beginning(answer: Answer, most: int) -> bytes:
    content = b""
    while len(content) < most and (chunk := answer.read(most - len(content))):
        content += chunk
    return content


def _copy(answer: Answer, target: Path, label: str, most: int | None) -> None:
    allowance = Allowance(label, folder=target.parent, most=most)
    expected = answer.headers.get("Content-Length")
    with writing(target), target.open("wb") as file:
        _copy_bytes(answer, file, allowance, label)
    if expected and target.stat().st_size != int(expected):
        raise DataError(
            f"The download of {label} broke off after {target.stat().st_size:,} of {int(expected):,} bytes.",
            "Try again.",
        )


def _copy_bytes(answer: Answer, file: BinaryIO, allowance: Allowance, label: str) -> None:
    while chunk := _read(answer, label):
        allowance.take(len(chunk))
        file.write(chunk)


def _read(answer: Answer, label: str) -> bytes:
    try:
        return answer.read(_CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise DataError(f"The download of {label} broke off: {error}.", "Try again.") from None


def _refusal(label: str, error: HTTPError) -> DataError:
    hint = "Try again later."
    if error.code in (401, 403, 407):
        hint = "Use a link that works without signing in."
    elif error.code < 500:
        hint = "Check the link, for example in a browser."
    return DataError(f"{label}: the server answered {error.code} ({error.reason}).", hint)


def _reason(url: str, error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    host = urlsplit(url).hostname or ""
    if isinstance(cause, socket.gaierror):
        return f"the host {host} does not exist"
    if isinstance(cause, TimeoutError):
        return f"{host} did not answer within {SECONDS} seconds"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not valid ({cause.verify_message})"
    if isinstance(cause, ConnectionRefusedError):
        return f"{host} refused the connection"
    return str(cause)
