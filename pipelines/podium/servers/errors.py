"""What a server may answer, worded for the user."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from podium_ml.errors import PodiumError


class ServerError(PodiumError):
    """A server cannot be reached, or refuses."""


# What to do about an answer, by its HTTP status.
_HINTS = {
    401: "The token is missing, wrong or expired: set KF_PIPELINES_SA_TOKEN_PATH or KFP_EXISTING_TOKEN.",
    403: "Ask for the permission, or name the namespace that you may use in PODIUM_NAMESPACE.",
    404: "Look at `podium runs --engine kubeflow` and `podium schedules`.",
}


@contextmanager
def kubeflow_errors(what: str, host: str) -> Iterator[None]:
    """Word what goes wrong while talking to Kubeflow Pipelines.

    Args:
        what: What was tried, as the start of a sentence: "The pipeline cannot be uploaded".
        host: Address of the server.
    """
    from kfp_server_api.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ApiException as error:
        raise ServerError(
            f"{what}: {host} says {error.status} {_reason(error)}.", _HINTS.get(error.status, "")
        ) from None
    except (HTTPError, OSError) as error:
        raise ServerError(
            f"{what}: {host} cannot be reached ({_root(error)}).",
            "Check KF_PIPELINES_ENDPOINT and the network; `podium doctor` looks closer.",
        ) from None


def one_line(text: object, most: int = 200) -> str:
    """Return a text on one line, cut where it gets too long, without the full stop at its end."""
    return " ".join(str(text).split())[:most].rstrip(".")


def _reason(error: Any) -> str:
    """Return the message of an answer; Kubeflow's repeat themselves, each time with more words before."""
    try:
        message = json.loads(error.body)["message"]
    except (TypeError, ValueError, KeyError):
        message = str(error.reason or "")
    return one_line(message, 300)


def _root(error: BaseException) -> str:
    """Return what lies at the bottom of a chain of connection errors."""
    while (cause := getattr(error, "reason", None)) and isinstance(cause, BaseException):
        error = cause
    text = str(error).partition(": ")[2] or str(error)
    return " ".join(text.split())[:200] or type(error).__name__
