"""Downloads from S3-compatible object stores."""

import glob
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from podium_ml.errors import DataError
from podium_ml.files.object_store import (
    CONNECT_SECONDS,
    PATIENT_ATTEMPTS,
    READ_SECONDS,
    ObjectStore,
    remedy,
)
from podium_ml.ingestion.disk import writing
from podium_ml.ingestion.local_files import DELTA_LOG, is_hidden, near_names, partitions_of
from podium_ml.readers import SourceFile
from podium_ml.values.addresses import scheme_of

if TYPE_CHECKING:
    from s3fs import S3FileSystem

_CREDENTIALS = (
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL or MINIO_ENDPOINT if the store is not "
    "Amazon's."
)

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
        self._store = ObjectStore.from_environment(self._scheme)
        self._is_pattern = glob.has_magic(self._place)
        self._system = self._connect(anonymous=False)
        with self._errors():
            self._is_folder = self._look()

    def is_delta(self) -> bool:
        """Whether the URL is the folder of a Delta table."""
        with self._errors():
            return self._is_folder and bool(self._system.exists(f"{self._place}/{DELTA_LOG}"))

    def fetch(self, folder: Path, *, choose: Choose) -> list[SourceFile]:
        """Download the objects.

        Args:
            folder: Folder to save them in.
            choose: Selects the objects in a folder that are data.

        Raises:
            DataError: There is none, one was overwritten in the meantime, or the store denies access.
        """
        before = dict(self.versions())
        with self._errors():
            keys = self._choose(before, choose)
            if not keys:
                raise FileNotFoundError
            files = [self._fetch(key, folder / f"object-{number}") for number, key in enumerate(keys)]
        after = dict(self.versions())
        # A large object is downloaded in parts, which may come from different versions.
        changed = [key for key in keys if before.get(key) != after.get(key)]
        if changed:
            raise DataError(
                f"{self._scheme}://{changed[0]} was overwritten or deleted while it was being read.",
                "Run again when it is complete.",
            )
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
            keys = self._choose(dict(self.versions()), choose)
            if not keys:
                raise FileNotFoundError
            with writing(target):
                target.write_bytes(self._system.cat_file(keys[0], start=0, end=most))
        return self._source_file(target, keys[0])

    def versions(self) -> list[tuple[str, str]]:
        """Return all objects with their entity tags, sorted by name; an overwritten object has a different tag.

        Raises:
            DataError: There is none, or the store denies access.
        """
        with self._errors():
            if self._is_folder or self._is_pattern:
                find = self._system.glob if self._is_pattern else self._system.find
                found = find(self._place, detail=True).items()
            else:
                found = [(self._place, self._system.info(self._place))]
            return sorted((str(key), str(facts.get("ETag", "")).strip('"')) for key, facts in found)

    def _look(self) -> bool:
        """Return whether the URL is a folder; switch to anonymous access if there are no credentials."""
        from botocore.exceptions import NoCredentialsError

        # For a pattern, only its bucket is checked.
        place = self._place.split("/")[0] if self._is_pattern else self._place
        try:
            kind = self._system.info(place)["type"]
        except NoCredentialsError:
            self._system = self._connect(anonymous=True)
            kind = self._system.info(place)["type"]
        return kind == "directory" and not self._is_pattern

    def _choose(self, keys: Iterable[str], choose: Choose) -> list[str]:
        if not self._is_folder and not self._is_pattern:
            return [self._place]
        return choose([key for key in keys if not is_hidden(PurePosixPath(key).name)])

    def _fetch(self, key: str, folder: Path) -> SourceFile:
        target = folder / PurePosixPath(key).name[-100:]
        with writing(target):
            folder.mkdir(parents=True)
        # Download with boto3, because s3fs may wait forever for a store that has gone away.
        bucket, _, name = key.partition("/")
        self._transfers.download_file(bucket, name, str(target))
        return self._source_file(target, key)

    def _source_file(self, target: Path, key: str) -> SourceFile:
        inside = PurePosixPath(key.removeprefix(self._place).lstrip("/"))
        return SourceFile(str(target), f"{self._scheme}://{key}", partitions_of(inside))

    @cached_property
    def _transfers(self) -> Any:
        return self._store.client(attempts=PATIENT_ATTEMPTS, anonymous=self._system.anon)

    def _connect(self, *, anonymous: bool) -> "S3FileSystem":
        from s3fs import S3FileSystem

        store = self._store
        system = S3FileSystem(
            anon=anonymous,
            key=store.key or None,
            secret=store.secret or None,
            token=store.token or None,
            endpoint_url=store.endpoint or None,
            client_kwargs={"region_name": store.region},
            config_kwargs={
                "connect_timeout": CONNECT_SECONDS,
                "read_timeout": READ_SECONDS,
                "retries": {"max_attempts": 1},
            },
            skip_instance_cache=True,
            use_listings_cache=False,
        )
        system.retries = 2
        return system

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Convert errors of the store to ``DataError``, worded for the user."""
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            ConnectionError,
            NoCredentialsError,
        )

        name = f"{self._scheme}://{self._place}"
        try:
            yield
        except FileNotFoundError:
            raise DataError(f"There is no object, folder or bucket {name}.", self._suggest()) from None
        except (PermissionError, NoCredentialsError) as error:
            reason = str(error) or "no permission"
            raise DataError(f"Access to {name} was denied: {reason}.", _CREDENTIALS) from None
        except (ConnectionError, TimeoutError) as error:
            where = self._store.endpoint or "Amazon S3"
            raise DataError(
                f"{name} cannot be fetched: {where} cannot be reached ({_first_line(error)}).",
                remedy(error, _CREDENTIALS),
            ) from None
        except (Boto3Error, BotoCoreError, ClientError, ValueError) as error:
            raise DataError(
                f"{name} cannot be fetched: {_first_line(error)}.", remedy(error, _CREDENTIALS)
            ) from None
        except OSError as error:
            with writing(Path(str(error.filename or "the download"))):
                raise

    def _suggest(self) -> str:
        """Return a hint with similar names in the same folder, if the store lists them."""
        parent, _, wanted = self._place.rpartition("/")
        try:
            names = [PurePosixPath(key).name for key in self._system.ls(parent)] if parent else []
        except Exception:  # a suggestion is not worth a second error
            names = []
        near = near_names(wanted, names)
        shown = ", ".join(f"{self._scheme}://{parent}/{name}" for name in near)
        return f"Did you mean {shown}?" if shown else "Check the bucket and the key."


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
