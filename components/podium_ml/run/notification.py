"""Telling a webhook how a run went. Imports the standard library only."""

import json
import os
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

# Webhook addresses hold a secret more often than not, so theirs is in the environment, and in no parameter.
URL_VARIABLE = "PODIUM_WEBHOOK_URL"
_SECONDS = 5.0
_PAUSES = (0.5, 2.0)
_TRANSIENT = (408, 425, 429)
# What each wish wants to hear of.
_WISHES = {"always": ("failure", "decision", "unchanged"), "failure": ("failure",), "decision": ("decision",)}


class _NoRedirects(HTTPRedirectHandler):
    """Follows no redirect: the address is a secret, and what is told is meant for its host alone."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse; the redirect becomes an error."""


def notify(
    wish: str, occasion: str, content: dict[str, Any], *, sleep: Callable[[float], None] = time.sleep
) -> str:
    """Post JSON to the webhook, if the user wishes to hear of such an occasion; a failure is printed, never raised.

    Transient failures (no connection, time-outs, answers 5xx and 429) are tried again; https checks certificates.

    Args:
        wish: The setting ``notify``: ``always``, ``failure``, ``decision`` or empty.
        occasion: ``failure``, ``decision`` or ``unchanged``.
        content: What to tell; ``text`` is what Slack and its like show.
        sleep: Waits between attempts.

    Returns:
        Why nothing could be told; empty if that went well or was not wished.
    """
    if occasion not in _WISHES.get(wish, ()):
        return ""
    url = os.environ.get(URL_VARIABLE, "")
    failure = _check(url) or _post(url, content, sleep)
    if failure:
        print(f"The webhook was not told: {failure}")
    return failure


def _check(url: str) -> str:
    if not url:
        return f"the environment variable {URL_VARIABLE} is not set."
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return f"{URL_VARIABLE} is no https address."
    return ""


def _post(url: str, content: dict[str, Any], sleep: Callable[[float], None]) -> str:
    """Post, with pauses between attempts; what is returned never shows the address but for its host."""
    body, host, failure = json.dumps(content).encode(), urlsplit(url).hostname, ""
    headers = {"Content-Type": "application/json", "User-Agent": "podium"}
    for pause in (*_PAUSES, 0.0):
        try:
            request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - the caller has looked
            with build_opener(_NoRedirects).open(request, timeout=_SECONDS):
                return ""
        except HTTPError as error:
            failure = f"{host} answers {error.code}."
            if error.code < 500 and error.code not in _TRANSIENT:
                return failure
        except (OSError, HTTPException) as error:
            failure = f"{host} cannot be reached: {getattr(error, 'reason', error)}."
        except ValueError:
            return f"{URL_VARIABLE} is no valid address."
        if pause:
            sleep(pause)
    return failure
