"""Local data on their way to where pods can read them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from podium.servers.errors import ServerError
from podium.servers.store import Store, object_name
from podium_ml.errors import SettingsError
from podium_ml.ingestion.addresses import place_of, public_name, reveal_query
from podium_ml.ingestion.fingerprint import fingerprint_source
from podium_ml.ingestion.local_files import find_files, split_list, to_path
from podium_ml.settings.tabular import Settings

_FIELDS = ("source", "test")
# Databases that are a file of this machine.
_FILE_DATABASES = ("sqlite", "duckdb")


def send_data(settings: Settings, store_url: str) -> tuple[Settings, str]:
    """Upload the local data that settings name, each under a hash of its content, so the same data go once.

    Args:
        settings: What a run is asked to do.
        store_url: Where data go, ``s3://bucket/prefix``.

    Returns:
        The settings as pods can use them, and a fingerprint of all data; empty if some are not local.

    Raises:
        DataError: There are no such data.
        ServerError: They cannot be uploaded, or pods could not read them.
    """
    changes, fingerprints = {}, []
    for field in _FIELDS:
        if value := getattr(settings, field):
            sent = [_send(one, store_url) for one in split_list(value)]
            changes[field] = ",".join(url for url, _ in sent)
            fingerprints += [fingerprint for _, fingerprint in sent]
    return settings.model_copy(update=changes), "-".join(fingerprints) if all(fingerprints) else ""


def check_scheduled(settings: Settings) -> None:
    """Refuse data that later runs could not read: they must lie where pods can reach them, and may change there.

    Raises:
        SettingsError: They are local, or there are none.
        ServerError: They cannot be read by pods.
    """
    if not settings.source:
        raise SettingsError("data: name the data, e.g. --data 's3://lake/churn/{date}/'.")
    for source in (settings.source, settings.test):
        for one in split_list(source) if source else ():
            if place_of(one) == "local":
                raise SettingsError(
                    f"{one} lies on this machine, where scheduled runs cannot read it.",
                    "Put the data into the object store and give an s3:// address.",
                )
            _check_readable(one)


def _send(source: str, store_url: str) -> tuple[str, str]:
    place = place_of(source)
    if place != "local":
        _check_readable(source)
        return source, ""
    files = list(_files(source))
    fingerprint = _fingerprint(source, [name for _, name in files])
    store, folder = Store(store_url), f"data/{fingerprint}"
    store.upload(files, folder)
    is_file = to_path(source).is_file()
    return f"{store}/{folder}" + (f"/{files[0][1]}" if is_file else ""), fingerprint


def _fingerprint(source: str, names: list[str]) -> str:
    """Return a hash of the content and of where its files lie, which may say something of their rows."""
    return hashlib.sha256("\0".join([fingerprint_source(source), *names]).encode()).hexdigest()


def _files(source: str) -> Iterator[tuple[Path, str]]:
    """Yield the files that a source stands for, each with its name in the store."""
    root = to_path(source)
    if root.is_dir():
        # With what belongs to a Delta table, and with folders that say something of their rows.
        names = (path for path in sorted(root.rglob("*")) if path.is_file())
        yield from ((path, path.relative_to(root).as_posix()) for path in names)
        return
    found = [file.path for file in find_files(source)]
    if len(found) == 1 and root.is_file():
        yield found[0], object_name(found[0].name)
        return
    # Files of a pattern may have equal names; the number keeps their order.
    yield from ((path, f"{number:05d}-{object_name(path.name)}") for number, path in enumerate(found))


def _check_readable(source: str) -> None:
    """Refuse what pods cannot read, or what would show a secret among a run's parameters."""
    scheme = source.partition(":")[0].lower().partition("+")[0]
    if scheme in _FILE_DATABASES:
        raise ServerError(
            f"{public_name(source)} is a file of this machine, which pods cannot read.", "Export it."
        )
    if place_of(source) == "http" and reveal_query(source) == source and "?" in source:
        raise ServerError(
            f"{public_name(source)}: the query of this address would be shown to all who see the run.",
            "Put the data into the object store, or give a link that needs no signature.",
        )
