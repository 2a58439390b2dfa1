"""The object store, which holds data for a cluster and the outputs of runs there."""

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath

from podium.servers.errors import MORE, ServerError
from podium_ml.files.inside import inside
from podium_ml.object_store import Bucket, ObjectStore, StoredObject, StoreError, remedy

# Characters of a file name that are replaced in an object's key, because patterns and URLs interpret them.
_UNSAFE = re.compile(r"[^\w.=-]+")


class Store:
    """A location in an S3-compatible store.

    Args:
        url: ``s3://bucket/prefix``, or ``minio://bucket/prefix``, as Kubeflow Pipelines writes it.
    """

    def __init__(self, url: str) -> None:
        scheme, _, place = url.partition("://")
        self.bucket, _, self.prefix = place.strip("/").partition("/")
        self.endpoint, self._has_keys = "The object store", True
        with self._errors(f"{self} cannot be used"):
            store = ObjectStore.from_environment(scheme)
            self.endpoint, self._has_keys = store.endpoint or "Amazon S3", store.provider is not None
            if not self._has_keys:
                raise StoreError("denied", "there are no keys")
            self._bucket = Bucket(store, self.bucket)
            self._patient_bucket = self._bucket.patient()

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def check(self) -> None:
        """Check that the bucket exists and can be listed.

        Raises:
            ServerError: It does not exist, or cannot be listed.
        """
        with self._errors(f"Bucket {self.bucket} cannot be used"):
            self._bucket.listing(self.prefix, most=1)

    def probe(self) -> None:
        """Check that objects can be written, read and deleted here.

        Raises:
            ServerError: They cannot.
        """
        key = self._key("doctor", uuid.uuid4().hex)
        with self._errors(f"{self} cannot be used"):
            self._bucket.write(key, b"podium")
            self._bucket.read(key)
            self._bucket.delete(key)

    def upload(self, files: Iterable[tuple[Path, str]], folder: str) -> int:
        """Upload files that are not there yet with the same content.

        Args:
            files: Each file and its name in the folder.
            folder: Folder below this location; its name should identify the content, like a hash.

        Returns:
            Number of bytes sent.
        """
        sent = 0
        for path, name in files:
            key, size = self._key(folder, name), path.stat().st_size
            with self._errors(f"{path} cannot be uploaded to {self}"):
                if not self._bucket.holds(path, key):
                    self._patient_bucket.upload(path, key)
                    sent += size
        return sent

    def download(self, prefix: str, target: Path) -> list[Path]:
        """Download all objects below a prefix.

        Args:
            prefix: Key below this location.
            target: Folder to write to; a file appears there only once it is complete.

        Returns:
            Paths of the files.
        """
        whole = self._key(prefix).rstrip("/") + "/"
        with self._errors(f"{self}/{prefix} cannot be downloaded"):
            found = self._bucket.listing(whole)
            return [self._download(one, inside(target, one.key.removeprefix(whole))) for one in found]

    def download_one(self, name: str, path: Path) -> Path:
        """Download one object.

        Args:
            name: Key below this location.
            path: File to write; it appears only once it is complete.
        """
        with self._errors(f"{self}/{name} cannot be downloaded"):
            found = self._bucket.find(self._key(name))
            if found is None:
                raise StoreError("missing", "there is no such object")
            return self._download(found, path)

    def listing(self, prefix: str) -> list[tuple[str, datetime]]:
        """Return the key and the modification time of all objects below a prefix, in order of their keys."""
        with self._errors(f"{self}/{prefix} cannot be listed"):
            found = self._bucket.listing(self._key(prefix).rstrip("/") + "/")
            return [(one.key, one.modified) for one in found]

    def relative(self, key: str) -> PurePosixPath:
        """Return a key as a path relative to this location."""
        return PurePosixPath(key.removeprefix(self.prefix).lstrip("/"))

    def _download(self, found: StoredObject, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Other commands may fetch it too.
        partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
        try:
            self._patient_bucket.download(found, partial)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return path

    def _key(self, *parts: str) -> str:
        return "/".join(part.strip("/") for part in (self.prefix, *parts) if part.strip("/"))

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            where = f"{self.endpoint} cannot be reached" if error.kind == "unreachable" else self.endpoint
            hint = remedy(error, self.bucket, has_keys=self._has_keys) + MORE
            raise ServerError(f"{what}: {where} ({error.reason}).", hint) from None


def object_name(name: str) -> str:
    """Return a file name for use in a key, without spaces and characters that patterns or URLs interpret.

    >>> object_name("Sales (north) 100%.csv")
    'Sales-north-100-.csv'
    """
    return _UNSAFE.sub("-", name)[-150:]
