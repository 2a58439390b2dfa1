"""Uploads local data to a place that pods can read."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from podium.servers.errors import ServerError
from podium.servers.store import Store, object_name
from podium_ml.errors import SettingsError
from podium_ml.ingestion.fingerprint import fingerprint_source
from podium_ml.ingestion.linked_files import lies_near, linked_files, place_beside
from podium_ml.ingestion.local_files import DELTA_LOG, common_folder, find_files, to_path
from podium_ml.kinds import kind_of_parsed
from podium_ml.media.names import has_picture_suffix
from podium_ml.settings import Settings, join_names
from podium_ml.values.addresses import names_file, place_of, public_name, query_variable, split_list
from podium_ml.values.secrets import is_own_secret, is_plain

_FIELDS = ("source", "test")
# Databases that are files on this machine.
_FILE_DATABASES = ("sqlite", "duckdb")
# Rows, and which of them are deleted.
_DELTA_SUFFIXES = (".parquet", ".bin")


def send_data(settings: Settings, store_url: str) -> tuple[Settings, str]:
    """Upload local data under a hash of its content, so that the same data is uploaded only once.

    Pictures that a table or annotations name go with it.

    Args:
        settings: Settings of the run.
        store_url: Where to upload the data, ``s3://bucket/prefix``.

    Returns:
        The settings with addresses that pods can read, and a fingerprint of all data; it is empty if some of it is not
        local.

    Raises:
        DataError: The data does not exist.
        ServerError: The data cannot be uploaded, or pods could not read it.
    """
    changes, fingerprints = {}, []
    for field in _FIELDS:
        if value := getattr(settings, field):
            wanted, kind = settings.reader.format, kind_of_parsed(settings).name
            sent = [_send(part, store_url, wanted=wanted, kind=kind) for part in split_list(value)]
            changes[field] = ",".join(url for url, _ in sent)
            fingerprints += [fingerprint for _, fingerprint in sent]
    for field, names in settings.further_files.items():
        found = [_sent_file(name, store_url) for name in names]
        changes[field] = join_names([url for url, _ in found])
        fingerprints += [fingerprint for _, fingerprint in found if fingerprint is not None]
    return settings.model_copy(update=changes), "-".join(fingerprints) if all(fingerprints) else ""


def _sent_file(name: str, store_url: str) -> tuple[str, str | None]:
    """Upload what a setting names if it is a file; names of columns and countries stay, and have no fingerprint."""
    is_file = names_file(name) and (place_of(name) != "local" or Path(name).exists())
    return _send(name, store_url) if is_file else (name, None)


def check_scheduled(settings: Settings) -> None:
    """Check that later runs can read the data: it must be where pods can reach it, and may change there.

    Raises:
        SettingsError: The data is local, or no data is named.
        ServerError: Pods cannot read the data.
    """
    if not settings.source:
        raise SettingsError("data: name the data, e.g. --data 's3://lake/churn/{date}/'.")
    for source in (settings.source, settings.test):
        for part in split_list(source) if source else ():
            if place_of(part) == "local":
                raise SettingsError(
                    f"{part} is on this machine, where scheduled runs cannot read it.",
                    "Put the data into the object store and give its s3:// address.",
                )
            _check_readable(part)


def _send(source: str, store_url: str, *, wanted: str = "", kind: str = "") -> tuple[str, str]:
    place = place_of(source)
    if place != "local":
        _check_readable(source)
        return source, ""
    files = list(_files(source, wanted=wanted, kind=kind))
    root = to_path(source)
    folder_of_data = root if root.is_dir() else root.parent
    linked = linked_files([path for path, _ in files])
    if elsewhere := [path for path in linked if not lies_near(path, folder_of_data)]:
        raise ServerError(
            f"{source} names {len(elsewhere)} pictures elsewhere, such as {elsewhere[0]}, which are not uploaded.",
            f"Copy them below {folder_of_data}.",
        )
    fingerprint = _fingerprint([source, *map(str, linked)], [name for _, name in files])
    files += [(path, place_beside(path, folder_of_data)) for path in linked]
    store, folder = Store(store_url), f"data/{fingerprint}"
    store.upload(files, folder)
    is_file = to_path(source).is_file()
    return f"{store}/{folder}" + (f"/{files[0][1]}" if is_file else ""), fingerprint


def _fingerprint(sources: list[str], names: list[str]) -> str:
    """Return a hash of the content and of the file names, which may say something about the rows."""
    return hashlib.sha256("\0".join([*map(fingerprint_source, sources), *names]).encode()).hexdigest()


def _files(source: str, *, wanted: str, kind: str = "") -> Iterator[tuple[Path, str]]:
    """Yield the files of a source that reading takes, each with its name in the store."""
    root = to_path(source)
    if root.is_dir():
        # Keep folder names, which may say something about the rows.
        yield from (
            (path, path.relative_to(root).as_posix())
            for path in _files_of_folder(root, wanted=wanted, kind=kind)
        )
        return
    found = [file.path for file in find_files(source)]
    if len(found) == 1 and root.is_file():
        yield found[0], object_name(found[0].name)
        return
    if all(has_picture_suffix(path.name) for path in found):  # folders name their classes
        below = common_folder(found) or found[0].parent.parent
        yield from ((path, path.relative_to(below).as_posix()) for path in found)
        return
    # Files of a pattern may have the same name. The number makes it unique and keeps their order.
    yield from ((path, f"{number:05d}-{object_name(path.name)}") for number, path in enumerate(found))


def _files_of_folder(root: Path, *, wanted: str, kind: str) -> Iterator[Path]:
    """Yield the data files of a folder and, of a Delta table, its log.

    Raises:
        ServerError: A file is a link that leads out of the folder.
    """
    from podium_ml.ingestion import choose_names

    log = root / DELTA_LOG
    found = [file.path for file in find_files(str(root))]
    if log.is_dir():
        chosen = [path for path in found if path.suffix in _DELTA_SUFFIXES]
        chosen += [path for path in sorted(log.rglob("*")) if path.is_file()]
    else:
        names = set(choose_names([str(path) for path in found], wanted=wanted, kind=kind))
        chosen = [path for path in found if str(path) in names]
    for path in chosen:
        if not path.resolve().is_relative_to(root.resolve()):
            raise ServerError(
                f"{path} is a link to a file outside of {root}, which is not uploaded.",
                "Copy the file into the folder, or name it itself.",
            )
        yield path


def _check_readable(source: str) -> None:
    """Reject a source that pods cannot read, or that would show a secret in the parameters of a run."""
    scheme = source.partition(":")[0].lower().partition("+")[0]
    if scheme in _FILE_DATABASES:
        raise ServerError(
            f"{public_name(source)} is a file on this machine, which pods cannot read.",
            "Export its rows to a data file.",
        )
    query, place = source.partition("?")[2], place_of(source)
    is_harmless = place == "database" and is_plain(query)
    if place in ("http", "database") and query and not (is_own_secret(query_variable(source)) or is_harmless):
        raise ServerError(
            f"{public_name(source)}: the query string of this address would be visible to all who can see the run.",
            "Put the data into the object store, or write ?$PODIUM_SECRET_SOURCE; the Secret podium-queries holds it.",
        )
