"""Errors of an object store, of five kinds, each with its reason in one line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Literal

Kind = Literal["missing", "denied", "unreachable", "changed", "refused"]

_BY_CODE: dict[str, Kind] = {
    **dict.fromkeys(("NoSuchBucket", "NoSuchKey", "NoSuchUpload"), "missing"),
    # The Versity gateway answers an unknown access key with "404".
    "XAdminUserNotFound": "denied",
}
_KINDS: dict[int, Kind] = {
    HTTPStatus.UNAUTHORIZED: "denied",
    HTTPStatus.FORBIDDEN: "denied",
    HTTPStatus.NOT_FOUND: "missing",
    HTTPStatus.PRECONDITION_FAILED: "changed",
}
# The start of a message of urllib3: the connection, which the message of the caller names already.
_CONNECTION = re.compile(r"^HTTPS?Connection(Pool)?\([^)]*\): ")
# Part of the address that credentials are fetched from.
_TOKEN = re.compile(r"(WebIdentityToken=)[^&\s]+")
_CODE = re.compile(r"<Code>(\w+)</Code>")


class StoreError(Exception):
    """A request to an object store failed.

    Args:
        kind: ``missing`` for no such bucket or object, ``denied`` for wrong or absent credentials, ``unreachable``
            for no answer, ``changed`` for an object that was overwritten meanwhile, ``refused`` for everything else.
        reason: What the store or the network says, in one line without a final period.
        code: The store's code for the error, or one of this package; empty if there is none.
    """

    def __init__(self, kind: Kind, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.code = code

    def __reduce__(self) -> tuple[type["StoreError"], tuple[Kind, str, str]]:
        return type(self), (self.kind, self.reason, self.code)


@contextmanager
def store_errors() -> Iterator[None]:
    """Convert what the client and the network raise to ``StoreError``; errors of local files pass."""
    from xml.etree.ElementTree import ParseError

    from minio.error import InvalidResponseError, S3Error, ServerError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except S3Error as error:
        raise _answered(error.response.status, error.code or "", error.message or "") from None
    except ServerError as error:
        raise _answered(error.status_code) from None
    except InvalidResponseError as error:
        raise _answered_otherwise(error) from None
    except HTTPError as error:
        reason = _cause(error)
        code = "Certificate" if "certificate" in reason.lower() else ""
        raise StoreError("unreachable", reason, code) from None
    except (ParseError, UnicodeDecodeError):
        raise StoreError("refused", "the answer is not that of an object store", "NoStore") from None
    except ValueError as error:
        raise StoreError("refused", one_line(error)) from None


def one_line(text: object) -> str:
    """Return a text on one line, truncated, without its final period and without secrets."""
    return _TOKEN.sub(r"\1...", " ".join(str(text).split()))[:300].rstrip(".")


def _answered(status: int, code: str = "", message: str = "") -> StoreError:
    kind = _BY_CODE.get(code) or _KINDS.get(status, "refused")
    return StoreError(kind, one_line(f"the store answered {status} {code} {message}"), code)


def _answered_otherwise(error: Any) -> StoreError:
    """Return the error for an answer that is not marked as XML; it may be XML, or the page of another server."""
    status, _, body = error.__reduce__()[1]
    if code := _CODE.search(body or ""):
        return _answered(int(status), code[1])
    return _answered(int(status), "" if int(status) in _KINDS or int(status) >= 500 else "NoStore")


def _cause(error: BaseException) -> str:
    """Return the root cause of a chain of connection errors."""
    while isinstance(cause := getattr(error, "reason", None), BaseException):
        error = cause
    inner = next((part for part in error.args if isinstance(part, BaseException)), error)
    return one_line(_CONNECTION.sub("", str(inner))) or type(inner).__name__
