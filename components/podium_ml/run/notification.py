"""Notifies a webhook of the outcome of a run. Imports the standard library only."""

import json
import os
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from podium_ml.values.markup import escape_chat
from podium_ml.values.secrets import travels_openly

# A webhook address usually contains a secret, so it comes from the environment and is never a parameter.
URL_VARIABLE = "PODIUM_WEBHOOK_URL"
_SECONDS = 5.0
_PAUSES = (0.5, 2.0)
_TRANSIENT = (408, 425, 429)
# The occasions that each value of the setting ``notify`` covers.
_WISHES = {"always": ("failure", "decision", "unchanged"), "failure": ("failure",), "decision": ("decision",)}


class _NoRedirects(HTTPRedirectHandler):
    """Follows no redirects, because the address is a secret and the content is meant only for its host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse the redirect, which turns it into an error."""


def notify(
    wish: str, occasion: str, content: dict[str, Any], *, sleep: Callable[[float], None] = time.sleep
) -> str:
    """Post JSON to the webhook if the user wants to be notified on this occasion.

    Transient failures (no connection, timeouts, status 408, 425, 429 and 5xx) are retried. A final failure is printed,
    never raised. For https, certificates are checked.

    Args:
        wish: The setting ``notify``: ``always``, ``failure``, ``decision`` or empty.
        occasion: ``failure``, ``decision`` or ``unchanged``.
        content: JSON-able content of the notification; Slack and similar services show its ``text``.
        sleep: Called with the seconds to wait between attempts.

    Returns:
        Why the notification failed; empty if it succeeded or was not wanted.
    """
    if occasion not in _WISHES.get(wish, ()):
        return ""
    url = os.environ.get(URL_VARIABLE, "")
    content = {**content, "text": escape_chat(str(content.get("text", "")))}
    failure = _check(url) or _post(url, content, sleep)
    if travels_openly(url):
        print("The webhook's address is http, so its secret and the message travel unencrypted.")
    if failure:
        print(f"The webhook could not be notified: {failure}")
    return failure


def _check(url: str) -> str:
    if not url:
        return f"the environment variable {URL_VARIABLE} is not set."
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return f"{URL_VARIABLE} is not an http or https address."
    return ""


def _post(url: str, content: dict[str, Any], sleep: Callable[[float], None]) -> str:
    """Post, with pauses between attempts. The returned error never shows the address, only its host."""
    body, host, failure = json.dumps(content).encode(), urlsplit(url).hostname, ""
    headers = {"Content-Type": "application/json", "User-Agent": "podium"}
    for pause in (*_PAUSES, 0.0):
        try:
            request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - the caller has checked the scheme
            with build_opener(_NoRedirects).open(request, timeout=_SECONDS):
                return ""
        except HTTPError as error:
            failure = f"{host} responded with status {error.code}."
            if error.code < 500 and error.code not in _TRANSIENT:
                return failure
        except (OSError, HTTPException) as error:
            failure = f"{host} cannot be reached: {getattr(error, 'reason', error)}."
        except ValueError:
            return f"{URL_VARIABLE} is not a valid address."
        if pause:
            sleep(pause)
    return failure
