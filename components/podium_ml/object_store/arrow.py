"""Arrow's file system over an object store, for data sets that are read as files."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from podium_ml.object_store.connection import CONNECT_SECONDS, READ_SECONDS, authorities, proxy_of
from podium_ml.object_store.store import ObjectStore

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

_ATTEMPTS = 12


def arrow_files(store: ObjectStore, place: str) -> "FileSystem":
    """Return a folder of a store as a file system.

    Args:
        store: The store.
        place: ``bucket/folder``.
    """
    from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem, SubTreeFileSystem

    address, credentials = urlsplit(store.address), store.credentials()
    options: dict[str, Any] = {"scheme": address.scheme, "region": store.region}
    if store.endpoint:
        options["endpoint_override"] = address.netloc
    if credentials:
        options["access_key"] = credentials.access_key
        options["secret_key"] = credentials.secret_key
        options["session_token"] = credentials.session_token
    if authority := authorities():
        options["tls_ca_file_path"] = authority
    if proxy := proxy_of(store.address):
        options["proxy_options"] = proxy
    system = S3FileSystem(
        anonymous=credentials is None,
        connect_timeout=CONNECT_SECONDS,
        request_timeout=READ_SECONDS,
        retry_strategy=AwsStandardS3RetryStrategy(max_attempts=_ATTEMPTS),
        **options,
    )
    return SubTreeFileSystem(place, system)
