"""The address of a database, and the secrets that may go into it."""

import os
import re
from socket import AddressFamily
from typing import TYPE_CHECKING

from podium_ml.confinement import DATABASE_PORTS, Lists, check_database, find_addresses, is_confined
from podium_ml.errors import DataError
from podium_ml.readers._source_file import SourceFile
from podium_ml.values.secrets import is_plain, named_variable, secret_for

if TYPE_CHECKING:
    from sqlalchemy import URL

_CONNECT_SECONDS = 5
# In the name of a database, drivers may read these as further parameters.
_STRANGE_NAME = re.compile(r"[=;{}]|://")
# Where drivers look for a password, whatever the host, and the variable that says which host it is for.
_DRIVERS_OWN = {"postgresql": "PGHOST", "mysql": "MYSQL_HOST", "mariadb": "MYSQL_HOST"}
# Drivers that take the address of a server beside its name, which its certificate is for.
_TAKE_BOTH = ("psycopg", "psycopg2")


def parse_url(file: SourceFile) -> "URL":
    """Return the address with its secrets filled in.

    Raises:
        DataError: It is not the URL of a database, names a secret that may not be sent to its host, or the pod of a run
            may not use it.
    """
    address, _, query = file.address.partition("?")
    url = _make(file, address)
    check_database(url.get_backend_name(), url.host, file.label)
    if is_confined() or named_variable(str(url.password or "")):
        _check_destination(file, url, query)
    if named_variable(str(url.password or "")):
        url = url.set(password=_secret(file, url, str(url.password)))
    if named_variable(query):
        query = _secret(file, url, query)
    return url.set(query=_make(file, f"{url.drivername}:///?{query}").query) if query else url


def connect_arguments(url: "URL") -> dict[str, object]:
    """Return arguments for the driver: a timeout, and no password but the one in the URL or for its host."""
    host_variable = _DRIVERS_OWN.get(url.get_backend_name())
    if host_variable is None:
        return {}
    # An empty password keeps drivers from sending PGPASSWORD or MYSQL_PWD to any host that an address names.
    is_own = url.host in (None, os.environ.get(host_variable))
    return {"connect_timeout": _CONNECT_SECONDS, **({} if url.password or is_own else {"password": ""})}


def pinned(file: SourceFile, url: "URL") -> "tuple[URL, dict[str, object]]":
    """Return a URL that leads to the address that was checked, and more arguments for the driver.

    In the pod of a run, another answer of the name server could lead elsewhere after the check. A host that the owner
    of the cluster lists by its name is checked too, but keeps its name.

    Args:
        file: The source.
        url: Address of the database.

    Raises:
        DataError: The pod of a run may not reach the host, or it does not exist.
    """
    host, port = str(url.host), url.port or DATABASE_PORTS.get(url.get_backend_name())
    if not is_confined():
        return url, {}
    try:
        found = find_addresses(host, port)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{file.label}: the host {host} cannot be found: {error}.", "Check the address."
        ) from None
    if Lists.read().allow_host(host, port):
        return url, {}
    # Drivers get one address, and fewer networks reach those of IPv6.
    number = min(found, key=lambda one: one.family != AddressFamily.AF_INET).place[0]
    if url.get_driver_name() in _TAKE_BOTH:
        return url, {"hostaddr": number}
    return url.set(host=number), {}


def without_secrets(text: str, url: "URL") -> str:
    """Return a driver's message without the password and without the values of the query."""
    values = [str(url.password or ""), *(str(value) for value in url.normalized_query.values())]
    for value in values:
        hidden = value.strip("()',")
        if len(hidden) > 3:
            text = text.replace(hidden, "***")
    return text


def _make(file: SourceFile, address: str) -> "URL":
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(address)
    except (ArgumentError, ValueError) as error:
        raise DataError(
            f"{file.label} is not a database URL.", "Use dialect://user@host/database."
        ) from error


def _check_destination(file: SourceFile, url: "URL", query: str) -> None:
    """Check that nothing but the host says where the password goes."""
    if _STRANGE_NAME.search(url.database or "") or not (named_variable(query) or is_plain(query)):
        raise DataError(
            f"{file.label}: a parameter of the address may lead the connection elsewhere.",
            "Leave it out, or put the whole query into a variable: ?$PODIUM_SECRET_NAME.",
        )


def _secret(file: SourceFile, url: "URL", named: str) -> str:
    return secret_for(
        named_variable(named), scheme=url.drivername, host=url.host or "", port=url.port, label=file.label
    )
