"""A bucket of an object store: its objects are listed, read, written and deleted with one client."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from podium_ml.object_store.connection import CONNECTIONS, retries
from podium_ml.object_store.entity_tags import entity_tag
from podium_ml.object_store.errors import StoreError, store_errors
from podium_ml.object_store.store import ObjectStore

if TYPE_CHECKING:
    from minio import Minio

QUICK_ATTEMPTS = 4
# With the pauses between them, enough for a restart of the store.
PATIENT_ATTEMPTS = 12
# Larger objects are transferred in parts, several at once.
PART_BYTES = 16 * 1024 * 1024

_UPLOADS = 4
_MOST_PARTS = 10_000
_CHUNK = 1024 * 1024
_PARTIAL_CONTENT = 206
_REGION = re.compile(r"<Region>([\w-]+)</Region>")

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class StoredObject:
    """An object in a bucket.

    Attributes:
        key: Its name in the bucket; the name of a folder ends in a slash.
        size: Number of bytes.
        tag: Entity tag, which differs for an overwritten object; empty if the store gives none.
        modified: When it was written.
    """

    key: str
    size: int
    tag: str
    modified: datetime


class Bucket:
    """A bucket. All methods raise ``StoreError`` if the store refuses or cannot be reached.

    Args:
        store: The store.
        name: Name of the bucket.
        attempts: Maximum number of attempts per request.
    """

    def __init__(self, store: ObjectStore, name: str, *, attempts: int = QUICK_ATTEMPTS) -> None:
        self.name = name
        self._store, self._attempts, self._region = store, attempts, store.region
        self._client = store.client(attempts=attempts)

    def patient(self) -> "Bucket":
        """Return the same bucket with enough attempts to survive a restart of the store."""
        return Bucket(self._store, self.name, attempts=PATIENT_ATTEMPTS)

    def find(self, key: str) -> StoredObject | None:
        """Return an object, or ``None`` if there is none of this name."""
        try:
            return self._stat(key)
        except StoreError as error:
            if error.kind not in ("missing", "denied") and error.code != "BadRequest":
                raise
        # The answer to this request has no text. That to another one says what is missing or wrong: the object, the
        # bucket, the credentials or the region.
        try:
            _release(self._ask(lambda client: client.get_object(self.name, key)))
        except StoreError as error:
            if error.code == "NoSuchKey":
                return None
            raise
        return self._stat(key)

    def listing(self, prefix: str = "", *, most: int | None = None, deep: bool = True) -> list[StoredObject]:
        """Return the objects whose keys begin with a prefix, in order of their keys.

        Args:
            prefix: The beginning of the keys.
            most: Maximum number of objects.
            deep: Whether to list the objects in folders below instead of these folders.
        """
        return self._ask(
            lambda client: [
                _described(found)
                for found in islice(client.list_objects(self.name, prefix, recursive=deep), most)
            ]
        )

    def read(self, key: str, *, most: int = 0) -> bytes:
        """Return the content of a small object, or the first bytes of one.

        Args:
            key: Its name.
            most: Maximum number of bytes; 0 for all.
        """
        answer = self._ask(lambda client: client.get_object(self.name, key, length=most))
        try:
            with store_errors():
                return bytes(answer.read(most or None, decode_content=False))
        finally:
            _release(answer)

    def write(self, key: str, content: bytes) -> None:
        """Write a small object."""
        self._ask(lambda client: client.put_object(self.name, key, BytesIO(content), len(content)))

    def delete(self, key: str) -> None:
        """Delete an object."""
        self._ask(lambda client: client.remove_object(self.name, key))

    def holds(self, path: Path, key: str) -> bool:
        """Return whether an object has the content of a file. It is read if its entity tag does not tell."""
        size = path.stat().st_size
        try:
            found: StoredObject | None = self._stat(key)
        except StoreError as error:
            if error.kind == "missing":
                return False
            found = self.find(key)
        if found is None or found.size != size:
            return False
        if found.tag == entity_tag(path, _part_size(size)):
            return True
        answer = self._ask(lambda client: client.get_object(self.name, key))
        try:
            with path.open("rb") as file, store_errors():
                return all(
                    chunk == file.read(len(chunk)) for chunk in answer.stream(_CHUNK, decode_content=False)
                )
        finally:
            _release(answer)

    def upload(self, path: Path, key: str) -> None:
        """Write a file to an object."""
        size = path.stat().st_size

        def send(client: "Minio") -> Any:
            with path.open("rb") as file:
                return client.put_object(
                    self.name, key, file, size, part_size=_part_size(size), num_parallel_uploads=_UPLOADS
                )

        try:
            written = self._ask(send)
        except StoreError as error:
            # The store has completed the upload, but its answer was lost, and it knows nothing of a second completion.
            if "NoSuchUpload" in error.reason and self.holds(path, key):
                return
            raise
        # A store may say only in the text of a successful answer that it could not put the parts together.
        if not written.etag:
            raise StoreError("refused", f"the store could not complete the upload of {key}")

    def download(self, found: StoredObject, path: Path) -> None:
        """Write an object to a file, which is complete unless an error is raised.

        Args:
            found: The object; if it has been overwritten since it was found, the error is of the kind ``changed``.
            path: The file.
        """
        with path.open("wb") as file:
            file.truncate(found.size)
        starts = range(0, found.size, PART_BYTES)
        if len(starts) == 1:
            self._fetch(found, path, 0)
        elif starts:
            with ThreadPoolExecutor(min(len(starts), CONNECTIONS)) as pool:
                list(pool.map(lambda start: self._fetch(found, path, start), starts))

    def _stat(self, key: str) -> StoredObject:
        return _described(self._ask(lambda client: client.stat_object(self.name, key)))

    def _fetch(self, found: StoredObject, path: Path, start: int) -> None:
        """Write one part of an object to its place in a file; continue where the connection was lost."""
        from urllib3.exceptions import ProtocolError, ReadTimeoutError

        end, retry = min(start + PART_BYTES, found.size), retries(self._attempts)
        with path.open("r+b") as file:
            position = file.seek(start)
            while position < end:
                try:
                    self._copy(found, file, position, end)
                except (ProtocolError, ReadTimeoutError) as error:
                    with store_errors():
                        retry = retry.increment("GET", found.key, error=error)
                    retry.sleep()
                if file.tell() > position:
                    position, retry = file.tell(), retries(self._attempts)

    def _copy(self, found: StoredObject, file: BinaryIO, position: int, end: int) -> None:
        headers: dict[str, Any] = {"If-Match": f'"{found.tag}"'} if found.tag else {}
        answer = self._ask(
            lambda client: client.get_object(
                self.name, found.key, position, end - position, request_headers=headers
            )
        )
        try:
            if answer.status != _PARTIAL_CONTENT and (position or end < found.size):
                raise StoreError("refused", "the store sends whole objects only, not parts of them")
            # Not decoded: the size and the positions are those of the stored bytes.
            for chunk in answer.stream(_CHUNK, decode_content=False):
                file.write(chunk)
        finally:
            _release(answer)
        if file.tell() == position:
            raise StoreError("refused", f"the store sends nothing of {found.key}")

    def _ask(self, request: "Callable[[Minio], Answer]") -> Answer:
        """Send a request, and send it again to the region of the bucket if the store names another one."""
        from minio.error import S3Error

        with store_errors():
            try:
                return request(self._client)
            except S3Error as error:
                region = _other_region(error, self._region)
                if not region:
                    raise
                self._region = region
                self._client = self._store.client(attempts=self._attempts, region=region)
                return request(self._client)


def _part_size(size: int) -> int:
    """Return the size of the parts of an upload, which has 10,000 at most."""
    return PART_BYTES * (1 + size // (PART_BYTES * _MOST_PARTS))


def _described(found: Any) -> StoredObject:
    return StoredObject(
        key=found.object_name,
        size=found.size or 0,
        tag=found.etag or "",
        modified=found.last_modified or datetime.fromtimestamp(0, UTC),
    )


def _release(answer: Any) -> None:
    answer.close()
    answer.release_conn()


def _other_region(error: Any, region: str) -> str:
    """Return the region that an answer names if it differs from the one that was asked."""
    answer = error.response
    text = (answer.data or b"").decode(errors="replace")
    match = _REGION.search(text)
    named = str(answer.headers.get("x-amz-bucket-region") or (match[1] if match else ""))
    return named if named != region else ""
