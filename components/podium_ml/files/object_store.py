"""Object stores of s3 and minio URLs; endpoint and credentials come from the environment, never from the URL."""

import os
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

SCHEMES = ("s3", "s3a", "minio")
# Pauses between attempts grow to at most 20 s, so that transfers survive a restart of the store.
PATIENT_ATTEMPTS = 12
CONNECT_SECONDS, READ_SECONDS = 5, 60

_REGION = "us-east-1"
# nginx's "client closed request", which is not a standard HTTP status; here the store ended the request itself.
_ENDED_BY_STORE = 499


@dataclass(frozen=True)
class ObjectStore:
    """An S3-compatible store.

    Attributes:
        endpoint: URL of the store; empty for Amazon S3.
        key: Access key; empty to let the AWS libraries find one.
        secret: Secret key.
        token: Session token.
        region: Region; most stores other than Amazon S3 accept any name.
    """

    endpoint: str
    key: str
    secret: str
    token: str
    region: str

    @classmethod
    def from_environment(cls, scheme: str) -> "ObjectStore":
        """Return the store for a scheme; for ``minio``, variables ``MINIO_...`` take precedence over ``AWS_...``."""
        prefer_minio = scheme == "minio"
        minio = _minio_endpoint()
        amazon = _first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
        key_names = (("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"), ("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"))
        pairs = [(_first(key), _first(secret)) for key, secret in key_names] if prefer_minio else []
        pairs.append((_first("AWS_ACCESS_KEY_ID"), _first("AWS_SECRET_ACCESS_KEY")))
        key, secret = next((pair for pair in pairs if all(pair)), ("", ""))
        return cls(
            endpoint=(minio or amazon) if prefer_minio else amazon,
            key=key,
            secret=secret,
            token=_first("AWS_SESSION_TOKEN") if (key, secret) == pairs[-1] else "",
            region=_first("AWS_REGION", "AWS_DEFAULT_REGION") or _REGION,
        )

    def client(self, *, attempts: int, anonymous: bool = False) -> Any:
        """Return a boto3 client.

        Args:
            attempts: Maximum number of attempts per request.
            anonymous: Whether to send requests without credentials.
        """
        import boto3
        from botocore import UNSIGNED
        from botocore.config import Config

        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint or None,
            aws_access_key_id=self.key or None,
            aws_secret_access_key=self.secret or None,
            aws_session_token=self.token or None,
            region_name=self.region,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": attempts, "mode": "standard"},
                s3={"addressing_style": "path"} if self.endpoint else {},
                signature_version=UNSIGNED if anonymous else None,
            ),
        )
        client.meta.events.register_first("needs-retry.s3", _count_as_unavailable)
        return client


def remedy(error: Exception, otherwise: str) -> str:
    """Return a hint for a store that cannot be reached: about its certificate if that failed, else ``otherwise``."""
    if "certificate" in str(error).lower():
        return "Set AWS_CA_BUNDLE to the file (PEM) with the certificates of the store's authority."
    return otherwise


def _count_as_unavailable(response: tuple[Any, Any] | None, **_: Any) -> None:
    """Retry requests that the store itself ended, as MinIO does while it shuts down."""
    if response is not None and response[0].status_code == _ENDED_BY_STORE:
        response[0].status_code = HTTPStatus.SERVICE_UNAVAILABLE


def _minio_endpoint() -> str:
    endpoint = _first("MINIO_ENDPOINT", "MINIO_ENDPOINT_URL")
    if not endpoint or "://" in endpoint:
        return endpoint
    is_secure = _first("MINIO_SECURE").lower() in ("1", "true", "yes")
    return f"{'https' if is_secure else 'http'}://{endpoint}"


def _first(*names: str) -> str:
    return next((os.environ[name] for name in names if os.environ.get(name)), "")
