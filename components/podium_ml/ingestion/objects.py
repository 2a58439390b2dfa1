"""Downloads from S3-compatible object stores."""

import glob
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from podium_ml.confinement import Lists, check_object, is_confined
from podium_ml.errors import DataError
from podium_ml.files.inside import plain_name
from podium_ml.ingestion._object_patterns import literal_start, matches
from podium_ml.ingestion.disk import writing
from podium_ml.ingestion.local_files import DELTA_LOG, is_hidden, near_names, partitions_of
from podium_ml.object_store import Bucket, ObjectStore, StoredObject, StoreError, remedy
from podium_ml.readers import Allowance, SourceFile
from podium_ml.values.addresses import scheme_of

# Objects among which similar names are looked for.
_MOST_NAMES = 1000

Choose = Callable[[list[str]], list[str]]
"""Takes the names of a folder's objects and returns those to download."""


class Objects:
    """The objects of an s3 or minio URL: a single one, all in a folder, or all that match a pattern.

    Args:
        url: The URL.

    Raises:
        DataError: There is none, or the store cannot be reached or denies access.
    """

    def __init__(self, url: str) -> None:
        self._scheme, self._place = scheme_of(url), url.partition("://")[2].rstrip("/")
        self._bucket_name, _, self._key = self._place.partition("/")
        self._is_pattern = glob.has_magic(self._key)
        for key in (self._key, literal_start(self._key)):
            self._check(key)
        self._address, self._has_keys = "", True
        with self._errors():
            store = ObjectStore.from_environment(self._scheme)
            self._address, self._has_keys = store.address, store.provider is not None
            bucket = Bucket(store, self._bucket_name)
            self._one = self._look(bucket)
            self._bucket = bucket.patient()

    def is_delta(self) -> bool:
        """Whether the URL is the folder of a Delta table."""
        if self._one or self._is_pattern:
            return False
        with self._errors():
            return bool(self._bucket.listing(f"{self._folder}{DELTA_LOG}/", most=1))

    def fetch(self, folder: Path, *, choose: Choose, most: int | None = None) -> list[SourceFile]:
        """Download the objects.

        Args:
            folder: Folder to save them in.
            choose: Selects the objects in a folder that are data.
            most: Most bytes that each may have; see ``Allowance``.

        Raises:
            DataError: There is none, one was overwritten in the meantime, or the store denies access.
        """
        with self._errors():
            chosen = self._chosen(self._find(), choose)
            files = [
                self._fetch(found, folder / f"object-{number}", most) for number, found in enumerate(chosen)
            ]
            tags = {found.key: found.tag for found in self._find()}
        changed = [found.key for found in chosen if found.tag != tags.get(found.key)]
        if changed:
            raise self._overwritten(self._name(changed[0]))
        return files

    def fetch_beginning(self, target: Path, *, most: int, choose: Choose) -> SourceFile:
        """Download the first bytes of the first object.

        Args:
            target: File to write.
            most: Number of bytes.
            choose: Selects the objects in a folder that are data.

        Raises:
            DataError: There is none, or the store denies access.
        """
        with self._errors():
            first = self._chosen(self._find(), choose)[0]
            content = self._bucket.read(first.key, most=most) if first.size else b""
            with writing(target):
                target.write_bytes(content)
        return self._source_file(target, self._name(first.key))

    def entries(self, *, most: int) -> list[StoredObject]:
        """Return what lies in the folder of the URL: objects, and folders, whose keys end in a slash.

        Args:
            most: Maximum number of them.

        Raises:
            DataError: The store denies access.
        """
        with self._errors():
            if self._one:
                return [self._one]
            found = self._bucket.listing(self._folder, most=most + 1, deep=False)
        return [one for one in found if one.key != self._folder][:most]

    def versions(self) -> list[tuple[str, str]]:
        """Return all objects with their entity tags, sorted by name; an overwritten object has a different tag.

        Raises:
            DataError: There is none, or the store denies access.
        """
        with self._errors():
            return sorted((self._name(found.key), found.tag) for found in self._find())

    @property
    def _folder(self) -> str:
        return f"{self._key}/" if self._key else ""

    def _look(self, bucket: Bucket) -> StoredObject | None:
        """Return the object of the URL, or ``None`` if it is a folder or a pattern."""
        if self._is_pattern:
            bucket.listing(literal_start(self._key), most=1)
            return None
        found = bucket.find(self._key) if self._key else None
        if found is None and not bucket.listing(self._folder, most=1) and self._key:
            raise StoreError("missing", "")
        return found

    def _find(self) -> list[StoredObject]:
        """Return the objects as they are now."""
        if self._one:
            found = self._bucket.find(self._key)
            if found is None:
                raise StoreError("missing", "")
            return [found]
        listed = self._bucket.listing(literal_start(self._key) if self._is_pattern else self._folder)
        files = [found for found in listed if not found.key.endswith("/")]
        return [found for found in files if matches(self._key, found.key)] if self._is_pattern else files

    def _chosen(self, found: list[StoredObject], choose: Choose) -> list[StoredObject]:
        if self._one:
            return found
        by_name = {self._name(one.key): one for one in found}
        names = choose([name for name in by_name if not is_hidden(PurePosixPath(name).name)])
        if not names:
            raise StoreError("missing", "")
        chosen = [by_name[name] for name in names]
        for one in chosen:
            self._check(one.key)
        return chosen

    def _fetch(self, found: StoredObject, folder: Path, most: int | None) -> SourceFile:
        name, target = self._name(found.key), folder / plain_name(found.key, otherwise="object")
        with writing(target):
            folder.mkdir(parents=True)
        Allowance(name, folder=folder, most=most).take(found.size)
        try:
            self._bucket.download(found, target)
        except StoreError as error:
            if error.kind == "changed":
                raise self._overwritten(name) from None
            raise
        return self._source_file(target, name)

    def _source_file(self, target: Path, name: str) -> SourceFile:
        inside = PurePosixPath(name.removeprefix(self._place).lstrip("/"))
        return SourceFile(str(target), f"{self._scheme}://{name}", partitions_of(inside))

    def _check(self, key: str) -> None:
        check_object(self._bucket_name, key, f"{self._scheme}://{self._name(key)}")

    def _name(self, key: str) -> str:
        return f"{self._bucket_name}/{key}"

    def _overwritten(self, name: str) -> DataError:
        return DataError(
            f"{self._scheme}://{name} was overwritten or deleted while it was being read.",
            "Run again when it is complete.",
        )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Convert errors of the store to ``DataError``, worded for the user."""
        name = f"{self._scheme}://{self._place}"
        try:
            yield
        except StoreError as error:
            raise DataError(*self._words(name, error)) from None
        except OSError as error:
            with writing(Path(str(error.filename or "the download"))):
                raise

    def _words(self, name: str, error: StoreError) -> tuple[str, str]:
        """Return the message and the hint for an error of the store."""
        if error.kind == "missing":
            return f"There is no object, folder or bucket {name}.", self._suggest()
        hint = remedy(error, self._bucket_name, has_keys=self._has_keys) + "."
        if error.kind == "denied":
            return f"Access to {name} was denied: {error.reason}.", hint
        if error.kind == "unreachable":
            return f"{name} cannot be fetched: {self._address} cannot be reached ({error.reason}).", hint
        return f"{name} cannot be fetched: {error.reason}.", hint

    def _suggest(self) -> str:
        """Return a hint with similar names in the same folder, if the store lists them."""
        parent, _, wanted = self._place.rpartition("/")
        folder = parent.partition("/")[2]
        if is_confined() and not Lists.read().allow_object(self._bucket_name, folder):
            return "Check the bucket and the key."
        try:
            bucket = Bucket(ObjectStore.from_environment(self._scheme), self._bucket_name, attempts=1)
            listed = bucket.listing(f"{folder}/" if folder else "", most=_MOST_NAMES, deep=False)
            names = [PurePosixPath(found.key).name for found in listed]
        except StoreError:  # a suggestion is not worth a second error
            names = []
        near = near_names(wanted, names)
        shown = ", ".join(f"{self._scheme}://{parent}/{name}" for name in near)
        return f"Did you mean {shown}?" if shown else "Check the bucket and the key."
