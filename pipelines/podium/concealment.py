"""Removes the query strings of URLs, which may hold signatures, from settings, and keeps them until the run ends."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from podium_ml.errors import RunError
from podium_ml.settings import Settings
from podium_ml.values.addresses import conceal_query, query_variable, split_list
from podium_ml.values.secrets import HOST_SUFFIX, is_stored_query


def conceal(settings: Settings) -> tuple[Settings, dict[str, str]]:
    """Replace the query strings of URLs with the names of environment variables.

    Args:
        settings: Settings of a run.

    Returns:
        Settings that are safe to store and show, and the values of the variables.
    """
    variables: dict[str, str] = {}
    changes = {}
    for field in _fields(settings):
        parts = []
        for number, address in enumerate(split_list(getattr(settings, field)), start=1):
            variable = f"PODIUM_{field.upper()}_QUERY_{number}"
            concealed, query = conceal_query(address, variable)
            parts.append(concealed)
            variables |= {variable: query} if query else {}
        changes[field] = ",".join(parts)
    return (settings.model_copy(update=changes), variables) if variables else (settings, {})


def hosts_of(settings: Settings) -> dict[str, str]:
    """Return the host of each stored query, in the variables that say so.

    Args:
        settings: Settings that ``conceal`` returned.
    """
    found = {query_variable(one): one for one in _addresses(settings)}
    return {
        f"{name}{HOST_SUFFIX}": _origin(address) for name, address in found.items() if is_stored_query(name)
    }


def store(path: Path, variables: dict[str, str]) -> None:
    """Write the queries to a new file that nobody else can read."""
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        json.dump(variables, file)


def stored(path: Path) -> dict[str, str]:
    """Return the queries in a file that ``store`` wrote; none if there is no file.

    Raises:
        RunError: The file is not one that this user's runs write, so it may come from somebody else.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _foreign(path, error.strerror or str(error)) from None
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
            raise _foreign(path, "others own it or may read it")
        try:
            values = json.load(file)
        except ValueError:
            values = None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise _foreign(path, "it is damaged")
    if unknown := sorted(name for name in values if not is_stored_query(name)):
        raise _foreign(path, f"it sets {', '.join(unknown)[:100]}")
    return values


def _foreign(path: Path, why: str) -> RunError:
    return RunError(
        f"{path} is not used: {why}.",
        "Delete it; it only holds the queries of the run's addresses. Resume no run of people you do not trust.",
    )


def _addresses(settings: Settings) -> Iterator[str]:
    for field in _fields(settings):
        yield from split_list(getattr(settings, field))


def _fields(settings: Settings) -> list[str]:
    """Return the settings that hold addresses of data."""
    return [name for name in ("source", "test", "future") if hasattr(settings, name)]


def _origin(address: str) -> str:
    """Return the scheme and the host of an address; this machine if it has none."""
    scheme, _, rest = address.partition("?")[0].partition("://")
    return f"{scheme}://{rest.split('/')[0].rpartition('@')[2] or 'localhost'}"
