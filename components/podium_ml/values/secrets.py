"""Secrets that an address may name, each for one host. Imports the standard library only.

Whoever writes an address into a form or a configuration may be a stranger. So ``$NAME`` reads only variables that exist
for this, and sends them only to the host that ``NAME_HOST`` names.
"""

import ipaddress
import os
import re
from urllib.parse import parse_qsl, unquote

from podium_ml.errors import DataError

PREFIX, HOST_SUFFIX = "PODIUM_SECRET_", "_HOST"
# The queries of addresses that a run keeps beside its settings; see ``podium.concealment``.
_STORED = re.compile(r"PODIUM_(SOURCE|TEST|FUTURE)_QUERY_[0-9]+")
_OWN = re.compile(rf"{PREFIX}[A-Z0-9_]+")
# A variable in place of a secret; web services use lowercase parameters like $top.
_NAMED = re.compile(r"\$([A-Z][A-Z0-9_]*)")
_CLUSTER = (".svc", ".svc.cluster.local")
_SECRET_PARAMETER = re.compile(
    r"(pass(word|wd|phrase|code)?|pwd|secret|token|credentials?|(api|access|secret|private|account|shared)_?-?key)\s*=",
    re.IGNORECASE,
)
# Parameters of a database URL that neither hold a secret nor decide where the connection goes.
_PLAIN_PARAMETERS = {
    *("application_name", "charset", "client_encoding", "connect_timeout", "driver", "encrypt"),
    *("service_name", "ssl", "sslmode"),
}
_PLAIN_VALUE = re.compile(r"[\w .,+-]*")


def named_variable(text: str) -> str:
    """Return the variable that a text consists of; empty if it is no variable.

    >>> named_variable("$PODIUM_SECRET_LINK"), named_variable("$top=5")
    ('PODIUM_SECRET_LINK', '')
    """
    match = _NAMED.fullmatch(text)
    return match[1] if match else ""


def is_stored_query(name: str) -> bool:
    """Whether a variable is one of those that hold the queries of a run's own addresses."""
    return bool(_STORED.fullmatch(name))


def is_own_secret(name: str) -> bool:
    """Whether a variable is one that users set for addresses."""
    return bool(_OWN.fullmatch(name))


def secret_for(name: str, *, scheme: str, host: str, port: int | None, label: str) -> str:
    """Return a secret that is sent to a host.

    Args:
        name: Variable that holds the secret.
        scheme: Scheme of the connection, as in its URL.
        host: Host that receives the secret; empty for this machine.
        port: Port, or ``None`` for the usual one.
        label: Name of the source in messages.

    Raises:
        DataError: The variable is not one for addresses, is not set, is for another host, or would be sent unencrypted.
    """
    if not (is_own_secret(name) or is_stored_query(name)):
        raise DataError(
            f"{label}: the variable {name} is not one for addresses.",
            f"Use a variable {PREFIX}..., and name its host in {PREFIX}...{HOST_SUFFIX}.",
        )
    if name not in os.environ:
        raise DataError(
            f"{label}: the environment variable {name} is not set.",
            f"Set it, and set {name}{HOST_SUFFIX} to its host; or use the whole address.",
        )
    bound = os.environ.get(f"{name}{HOST_SUFFIX}", "").strip()
    if not bound:
        raise DataError(
            f"{label}: no host is set for the variable {name}.",
            f"Set {name}{HOST_SUFFIX} to the host that it is for.",
        )
    if not _is_same(bound, host, port):
        raise DataError(
            f"{label}: the variable {name} is for another host.",
            f"{name}{HOST_SUFFIX} names the host that may receive it.",
        )
    asked_for_http = is_stored_query(name) and bound.startswith("http://")
    if scheme == "http" and not (asked_for_http or is_loopback(host)):
        raise DataError(f"{label}: the secret in {name} would be sent unencrypted.", "Use an https address.")
    return os.environ[name]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that nothing that is sent to it leaves the machine.

    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost.example.com")
    (True, True, True, False)
    """
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def travels_openly(address: str) -> bool:
    """Whether what is sent to an address can be read on its way: it is http, and leaves this machine and its cluster.

    >>> travels_openly("http://mlflow.example.com"), travels_openly("http://mlflow.podium.svc.cluster.local:5000")
    (True, False)
    """
    scheme, _, rest = address.partition("://")
    host = re.split("[/?#]", rest)[0].rpartition("@")[2]
    host = host if host.startswith("[") else host.partition(":")[0]
    return (
        scheme.lower() == "http" and not is_loopback(host.partition("]")[0]) and not host.endswith(_CLUSTER)
    )


def holds_secret(query: str) -> bool:
    """Whether a query of a database URL holds a password, as far as the names of its parameters say.

    >>> holds_secret("user=me&password=x"), holds_secret("odbc_connect=PWD%3Dx"), holds_secret("charset=utf8")
    (True, True, False)
    """
    return bool(_SECRET_PARAMETER.search(unquote(query)))


def is_plain(query: str) -> bool:
    """Whether a query of a database URL neither holds a secret nor leads the connection elsewhere.

    >>> is_plain("sslmode=require"), is_plain("host=stranger.example"), is_plain("")
    (True, False, True)
    """
    found = parse_qsl(query, keep_blank_values=True)
    return all(name in _PLAIN_PARAMETERS and _PLAIN_VALUE.fullmatch(value) for name, value in found)


def _is_same(bound: str, host: str, port: int | None) -> bool:
    wanted = bound.partition("://")[2] or bound
    match = re.fullmatch(r"(\[[^]]+\]|[^:/]+)(?::(\d+))?/?", wanted)
    if match is None:
        return False
    return _plain(match[1]) == _plain(host) and match[2] in (None, str(port))


def _plain(host: str) -> str:
    return (host or "localhost").strip("[]").rstrip(".").lower()
