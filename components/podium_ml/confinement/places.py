"""Files, objects, databases, names and metrics that a stranger names."""

import re
from pathlib import Path

from podium_ml.confinement._own import is_own
from podium_ml.confinement.lists import BUCKETS, FOLDERS, METRICS, NAMES, Lists, is_confined
from podium_ml.errors import DataError, SettingsError

# Databases that are servers, with their usual ports. Others may be files.
DATABASE_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mssql": 1433, "oracle": 1521}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?|[0-9A-Fa-f:.]+")


def check_file(path: Path, label: str) -> None:
    """Refuse a file or folder of the pod that is not in a folder of the owner's list.

    Args:
        path: The path; what links on it lead to counts.
        label: Name in messages.

    Raises:
        DataError: It is not.
    """
    if not is_confined():
        return
    folders = Lists.read().folders
    try:
        real = path.resolve()
        if is_own(real) or any(real.is_relative_to(Path(folder).resolve()) for folder in folders):
            return
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name that no file can have
        pass
    where = f"only files in {', '.join(folders)}" if folders else "no files of their own pods"
    raise DataError(
        f"{label} cannot be used: runs on this cluster read {where}.",
        f"Use an s3 or https URL. The cluster's owner lists mounted folders in {FOLDERS}.",
    )


def check_object(bucket: str, key: str, label: str) -> None:
    """Refuse an object that is not in a bucket of the owner's list, and a key that clients would rewrite.

    Args:
        bucket: Name of the bucket.
        key: Key of the object, or what the keys of several begin with.
        label: Name in messages.

    Raises:
        DataError: It is not.
    """
    if any(part in (".", "..") for part in (bucket, *key.split("/"))):
        raise DataError(f"{label} is no address of an object: it has the part '.' or '..'.", "Check the key.")
    lists = Lists.read()
    if is_confined() and not lists.allow_object(bucket, key):
        raise DataError(
            f"Runs on this cluster may not read {label}, only from {', '.join(lists.buckets) or 'no bucket'}.",
            f"The cluster's owner lists the buckets that they may read in {BUCKETS}.",
        )


def check_database(backend: str, host: str | None, label: str) -> None:
    """Refuse a database that is a file, or whose host is not a plain one.

    Args:
        backend: Kind of database.
        host: Host of the server.
        label: Name in messages.

    Raises:
        DataError: The pod may not use it.
    """
    if is_confined() and not (backend in DATABASE_PORTS and host and _HOST.fullmatch(host)):
        raise DataError(
            f"{label} cannot be used: runs on this cluster read databases only from servers.",
            f"Use one of {', '.join(DATABASE_PORTS)} with its host: dialect://user@host/database.",
        )


def check_name(setting: str, name: str) -> None:
    """Refuse a name of a model or experiment that is not on the owner's list.

    Args:
        setting: The setting that leads to the name.
        name: The name, as the registry holds it.

    Raises:
        SettingsError: It is not.
    """
    lists = Lists.read()
    if is_confined() and not lists.allow_name(name):
        raise SettingsError(
            f"{setting}: runs on this cluster may not use the name {name!r}.",
            f"The cluster's owner allows {', '.join(lists.names)}, in {NAMES}.",
        )


def check_metric(path: str) -> None:
    """Refuse a function that is not on the owner's list, because importing a module runs its code.

    Args:
        path: ``package.module:function``.

    Raises:
        SettingsError: It is not.
    """
    lists = Lists.read()
    if is_confined() and not lists.allow_metric(path):
        raise SettingsError(
            f"metric: runs on this cluster may not import {path!r}.",
            f"The cluster's owner allows {', '.join(lists.metrics) or 'no functions of users'}, in {METRICS}.",
        )
