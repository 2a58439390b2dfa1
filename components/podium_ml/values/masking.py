"""Texts without the secrets that they may repeat. Imports the standard library only."""

import os
import re
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import quote, unquote

MASK = "***"
_USER = re.compile(r"(?<=://)[^\s/?#'\"<>@]*@")
# Variables that hold a secret, by the words of their names; those that name a file or a host hold none.
_SECRET_NAME = re.compile(
    r"PASSWORD|PASSWD|(^|_)(PASS|PWD|SECRET|TOKEN|CREDENTIALS?|API_?KEY|ACCESS_KEY|PRIVATE_KEY|SECRET_KEY|SIGNING_KEY|WEBHOOK_URL"
    r"|QUERY_[0-9]+)(_|$)"
)
_NO_SECRET_NAME = re.compile(r"_(PATH|FILE|HOST|NAME|URI)$|^(OLD)?PWD$")
# Shorter values are words of any text. Names of users and keys are such words too, unless a server made them.
_SHORTEST, _SHORTEST_KEY = 6, 16

T = TypeVar("T")


def masked(text: str) -> str:
    """Return a text without users and passwords in addresses, and without the secrets in the environment.

    >>> masked("http://me:topsecret@mlflow:5000 is down")
    'http://***@mlflow:5000 is down'
    """
    for secret in sorted(set(_secrets()), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _USER.sub(f"{MASK}@", text)


def masked_all(value: T) -> T:
    """Return a JSON-able value with all of its texts masked."""
    if isinstance(value, str):
        return masked(value)  # type: ignore[return-value]
    if isinstance(value, dict):
        return {key: masked_all(one) for key, one in value.items()}  # type: ignore[return-value]
    if isinstance(value, list):
        return [masked_all(one) for one in value]  # type: ignore[return-value]
    return value


def masked_address(address: str) -> str:
    """Return an address without its user, password and query; other texts stay as they are.

    >>> masked_address("https://me:pw@host/a?sig=1"), masked_address("python-cpu")
    ('https://***@host/a', 'python-cpu')
    """
    if "://" not in address:
        return address
    scheme, _, rest = address.partition("://")
    before, at, after = rest.rpartition("@")  # a password may contain any character
    return f"{scheme}://{MASK + at if before else ''}{after if at else rest}".partition("?")[0]


def _secrets() -> Iterator[str]:
    for name, value in os.environ.items():
        if _SECRET_NAME.search(name) and not _NO_SECRET_NAME.search(name):
            is_key = "ACCESS_KEY" in name and "SECRET" not in name
            yield from _spellings(value) if len(value) >= _SHORTEST_KEY or not is_key else ()
        elif "@" in value and "://" in value:
            user, _, password = value.partition("://")[2].rpartition("@")[0].partition(":")
            yield from _spellings(password or user)


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret as it may appear: as it is, and with escapes of addresses."""
    secret = secret.strip()  # files of secrets often end with a newline
    if len(secret) >= _SHORTEST:
        yield secret
        yield from (one for one in (quote(secret, safe=""), unquote(secret)) if len(one) >= _SHORTEST)
