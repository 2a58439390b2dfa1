"""Errors of the servers, worded for the user."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from podium_ml.errors import PodiumError


class ServerError(PodiumError):
    """A server cannot be reached, or rejects a request."""


class UnreachableError(ServerError):
    """A server does not answer, perhaps because it is being restarted."""


# The end of a hint; `podium doctor` itself leaves it out.
MORE = "; `podium doctor` gives details."
# What to do about an error, by HTTP status.
_HINTS = {
    401: "The token is missing, wrong or expired: set KF_PIPELINES_SA_TOKEN_PATH or KFP_EXISTING_TOKEN.",
    403: "Ask for permission, or set PODIUM_NAMESPACE to a namespace that you may use.",
    404: "See `podium runs --engine kubeflow` and `podium schedules`.",
}


@contextmanager
def kubeflow_errors(what: str, host: str) -> Iterator[None]:
    """Turn errors of Kubeflow Pipelines into messages for the user.

    Args:
        what: What failed, as the start of a sentence: "The pipeline cannot be uploaded".
        host: Address of the server.
    """
    from kfp_server_api.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ApiException as error:
        raise ServerError(
            f"{what}: {host} returned {error.status} {_reason(error)}.", _HINTS.get(error.status, "")
        ) from None
    except (HTTPError, OSError) as error:
        raise UnreachableError(
            f"{what}: {host} cannot be reached ({_root(error)}).",
            f"Check KF_PIPELINES_ENDPOINT and the network{MORE}",
        ) from None


def one_line(text: object, most: int = 200) -> str:
    r"""Return a text on one line, without its final period; a long one is cut between words.

    >>> one_line("No such\nbucket.")
    'No such bucket'
    >>> one_line("No such bucket.", most=12)
    'No such ...'
    """
    line = " ".join(str(text).split()).rstrip(".")
    if len(line) <= most:
        return line
    return f"{line[: most - 4].rpartition(' ')[0] or line[: most - 4]} ..."


def _reason(error: Any) -> str:
    """Return the message of an error, truncated because Kubeflow's messages repeat themselves."""
    try:
        message = json.loads(error.body)["message"]
    except (TypeError, ValueError, KeyError):
        message = str(error.reason or "")
    return one_line(message, 300)


def _root(error: BaseException) -> str:
    """Return the root cause of a chain of connection errors."""
    while (cause := getattr(error, "reason", None)) and isinstance(cause, BaseException):
        error = cause
    return one_line(str(error).partition(": ")[2] or error) or type(error).__name__
