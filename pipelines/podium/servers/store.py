"""The object store, which holds data for a cluster and the outputs of runs there."""

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from podium.servers.errors import MORE, ServerError, one_line
from podium_ml.files.object_store import PATIENT_ATTEMPTS, ObjectStore, remedy

_ATTEMPTS = 4
# Characters of a file name that are replaced in an object's key, because patterns and URLs interpret them.
_UNSAFE = re.compile(r"[^\w.=-]+")
_KEYS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to the keys of this store"
_BUCKET = (
    "Create the bucket {bucket}, or name another one: PODIUM_STORE for data, PODIUM_PIPELINE_ROOT for outputs"
)
_RIGHTS = "Ask for the right to list, read and write in the bucket {bucket}"
_ADDRESS = "Check AWS_ENDPOINT_URL, and that the store is running"
_NO_STORE = (
    "Check that AWS_ENDPOINT_URL is the address of an S3 store, not of another server or of its console"
)
_REGION = "Set AWS_REGION to the region of the bucket {bucket}"
_CLOCK = "Synchronise the clock of this machine, e.g. with NTP"
_OTHERWISE = "Check AWS_ENDPOINT_URL and the keys of the store"
# What to do, by the store's code for the error or by the name of the library's.
_REMEDIES = {
    **dict.fromkeys(("NoSuchBucket", "404"), _BUCKET),
    **dict.fromkeys(("AccessDenied", "AllAccessDisabled", "403"), _RIGHTS),
    **dict.fromkeys(
        (
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "InvalidToken",
            "ExpiredToken",
            "TokenRefreshRequired",
        ),
        _KEYS,
    ),
    **dict.fromkeys(("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"), _KEYS),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestExpired"), _CLOCK),
    **dict.fromkeys(("PermanentRedirect", "AuthorizationHeaderMalformed", "301"), _REGION),
    **dict.fromkeys(("MethodNotAllowed", "405", "400", "ResponseParserError"), _NO_STORE),
    **dict.fromkeys(
        ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"),
        _ADDRESS,
    ),
}


class Store:
    """A location in an S3-compatible store.

    Args:
        url: ``s3://bucket/prefix``, or ``minio://bucket/prefix``, as Kubeflow Pipelines writes it.
    """

    def __init__(self, url: str) -> None:
        scheme, _, place = url.partition("://")
        self.bucket, _, self.prefix = place.strip("/").partition("/")
        self._store = ObjectStore.from_environment(scheme)
        self.endpoint = self._store.endpoint or "Amazon S3"
        try:
            self._client = self._store.client(attempts=_ATTEMPTS)
        except ValueError as error:
            raise ServerError(
                f"The address of the object store is wrong: {one_line(error)}.",
                "Write AWS_ENDPOINT_URL with its scheme: http://HOST:PORT.",
            ) from None

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def check(self) -> None:
        """Check that the bucket exists and can be listed.

        Raises:
            ServerError: It does not exist, or cannot be listed.
        """
        with self._errors(f"Bucket {self.bucket} cannot be used"):
            self._client.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix, MaxKeys=1)

    def probe(self) -> None:
        """Check that objects can be written, read and deleted here.

        Raises:
            ServerError: They cannot.
        """
        key = self._key("doctor", uuid.uuid4().hex)
        with self._errors(f"{self} cannot be used"):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=b"podium")
            self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            self._client.delete_object(Bucket=self.bucket, Key=key)

    def upload(self, files: Iterable[tuple[Path, str]], folder: str) -> int:
        """Upload files that are not there yet; an object of the same size counts as the same file.

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
                if self._size(key) != size:
                    self._patient_client.upload_file(str(path), self.bucket, key)
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
            found = self.listing(prefix)
            return [self._download(key, target / key.removeprefix(whole)) for key, _ in found]

    def download_one(self, name: str, path: Path) -> Path:
        """Download one object.

        Args:
            name: Key below this location.
            path: File to write; it appears only once it is complete.
        """
        with self._errors(f"{self}/{name} cannot be downloaded"):
            return self._download(self._key(name), path)

    def listing(self, prefix: str) -> list[tuple[str, datetime]]:
        """Return the key and the modification time of all objects below a prefix, in order of their keys."""
        with self._errors(f"{self}/{prefix} cannot be listed"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self._key(prefix).rstrip("/") + "/"
            )
            return [
                (item["Key"], item["LastModified"]) for page in pages for item in page.get("Contents", ())
            ]

    def relative(self, key: str) -> PurePosixPath:
        """Return a key as a path relative to this location."""
        return PurePosixPath(key.removeprefix(self.prefix).lstrip("/"))

    @cached_property
    def _patient_client(self) -> Any:
        return self._store.client(attempts=PATIENT_ATTEMPTS)

    def _download(self, key: str, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(
            f".{path.name}.{uuid.uuid4().hex}.partial"
        )  # other commands may fetch it too
        try:
            self._patient_client.download_file(self.bucket, key, str(partial))
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return path

    def _size(self, key: str) -> int | None:
        """Return the size of an object, or ``None`` if there is none."""
        from botocore.exceptions import ClientError

        try:
            return int(self._client.head_object(Bucket=self.bucket, Key=key)["ContentLength"])
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return None
            raise

    def _key(self, *parts: str) -> str:
        return "/".join(part.strip("/") for part in (self.prefix, *parts) if part.strip("/"))

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            hint = _REMEDIES.get(code, _OTHERWISE).format(bucket=self.bucket) + MORE
            raise ServerError(f"{what}: {self.endpoint} returned {_answer(error)}.", hint) from None
        except (BotoCoreError, Boto3Error) as error:
            cause = _REMEDIES.get(type(error).__name__, _OTHERWISE).format(bucket=self.bucket) + MORE
            raise ServerError(f"{what}: {one_line(error, 300)}.", remedy(error, cause)) from None


def object_name(name: str) -> str:
    """Return a file name for use in a key, without spaces and characters that patterns or URLs interpret.

    >>> object_name("Sales (north) 100%.csv")
    'Sales-north-100-.csv'
    """
    return _UNSAFE.sub("-", name)[-150:]


def _answer(error: Any) -> str:
    answer = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
    words = (str(status), str(answer.get("Code", "")), str(answer.get("Message", "")).rstrip("."))
    return " ".join(word for word in dict.fromkeys(words) if word)
