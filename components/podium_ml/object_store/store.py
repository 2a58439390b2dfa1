"""Object stores of s3 and minio URLs; endpoint and credentials come from the environment, never from the URL."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podium_ml.object_store.connection import http_client
from podium_ml.object_store.credentials import find_credentials, first, read_profile
from podium_ml.object_store.errors import StoreError, store_errors

if TYPE_CHECKING:
    from minio import Minio
    from minio.credentials.credentials import Credentials
    from minio.credentials.providers import Provider

_REGION = "us-east-1"


@dataclass(frozen=True)
class ObjectStore:
    """An S3-compatible store.

    Attributes:
        endpoint: URL of the store; empty for Amazon S3.
        region: Region; most stores other than Amazon S3 accept any name.
        provider: What gives the credentials, which may expire; ``None`` to send requests without any.
    """

    endpoint: str
    region: str = _REGION
    provider: "Provider | None" = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, scheme: str) -> "ObjectStore":
        """Return the store for a scheme; for ``minio``, variables ``MINIO_...`` take precedence over ``AWS_...``.

        Raises:
            StoreError: The credentials are incomplete.
        """
        profile = read_profile()
        minio = _minio_endpoint() if scheme == "minio" else ""
        amazon = first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") or profile.get("endpoint_url", "")
        return cls(
            endpoint=minio or amazon,
            region=first("AWS_REGION", "AWS_DEFAULT_REGION") or profile.get("region", "") or _REGION,
            provider=find_credentials(scheme, profile),
        )

    @property
    def address(self) -> str:
        """URL that requests go to."""
        if self.endpoint:
            return self.endpoint
        suffix = f".{self.region}.amazonaws.com.cn" if self.region.startswith("cn-") else ".amazonaws.com"
        return f"https://s3{suffix}"

    def credentials(self) -> "Credentials | None":
        """Return the credentials at this moment, or ``None`` if there are none."""
        return self.provider.retrieve() if self.provider else None

    def client(self, *, attempts: int, region: str = "") -> "Minio":
        """Return a client.

        Args:
            attempts: Maximum number of attempts per request.
            region: Region, if not that of the store.

        Raises:
            StoreError: The endpoint or the region is not valid.
        """
        from minio import Minio

        address = urlsplit(self.address)
        if address.scheme not in ("http", "https") or not address.netloc:
            raise StoreError(
                "refused", f"the endpoint {self.address} is not an http(s) address", "InvalidEndpoint"
            )
        with store_errors():
            return Minio(
                address.netloc + address.path.rstrip("/"),
                secure=address.scheme == "https",
                region=region or self.region,
                credentials=self.provider,
                http_client=http_client(self.address, attempts),
            )


def _minio_endpoint() -> str:
    endpoint = first("MINIO_ENDPOINT", "MINIO_ENDPOINT_URL")
    if not endpoint or "://" in endpoint:
        return endpoint
    is_secure = first("MINIO_SECURE").lower() in ("1", "true", "yes")
    return f"{'https' if is_secure else 'http'}://{endpoint}"
