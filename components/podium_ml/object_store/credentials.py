"""Credentials of an object store, found as the AWS tools find them: environment, profile files, role of the machine."""

import configparser
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from podium_ml.object_store.connection import http_client
from podium_ml.object_store.errors import StoreError, one_line

if TYPE_CHECKING:
    from minio.credentials.providers import Provider

_AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_MINIO = (("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"), ("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"))
_IDENTITY = "AWS_WEB_IDENTITY_TOKEN_FILE"
# Set by a cluster or a container service for pods that have a role.
_ROLE_VARIABLES = (
    _IDENTITY,
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
)
# Settings of a profile that only the AWS tools can turn into keys.
_ELSEWHERE = ("role_arn", "sso_session", "sso_start_url", "credential_process", "login_session")
_METADATA = "http://169.254.169.254"
# Most machines have no such service, and connections to it are not refused but ignored.
_METADATA_SECONDS = 1.0


def find_credentials(scheme: str, profile: Mapping[str, str]) -> "Provider | None":
    """Return what gives the credentials, or ``None`` if there are none, as for public data.

    Args:
        scheme: Scheme of the URL; for ``minio``, variables ``MINIO_...`` take precedence over ``AWS_...``.
        profile: Settings of the profile.

    Raises:
        StoreError: There are credentials, but they are incomplete, or the service that gives them refuses.
    """
    return _of_environment(scheme) or _of_profile(profile) or _of_role()


def read_profile() -> dict[str, str]:
    """Return the settings of the profile in the AWS files; empty if there is none.

    Raises:
        StoreError: ``AWS_PROFILE`` names a profile that does not exist, or a file is damaged.
    """
    name = first("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
    config = _file("AWS_CONFIG_FILE", "~/.aws/config")
    shared = _file("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    sections = (f"profile {name}",) if name not in ("", "default") else ("profile default", "default")
    found = [*(_section(config, section) for section in sections), _section(shared, name or "default")]
    if name and not any(found) and not all(first(variable) for variable in _AWS):
        raise StoreError("denied", f"AWS_PROFILE is {name}, which neither {shared} nor {config} contains")
    return {key: value for section in found for key, value in section.items()}


def first(*names: str) -> str:
    """Return the first of several environment variables that is set, or an empty string."""
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def _of_environment(scheme: str) -> "Provider | None":
    from minio.credentials.providers import StaticProvider

    for key, secret in _MINIO if scheme == "minio" else ():
        if first(key) and first(secret):
            return StaticProvider(first(key), first(secret))
    if not any(first(name) for name in _AWS):
        return None
    for name in _AWS:
        if not first(name):
            raise StoreError("denied", f"{name} is not set", "NoCredentials")
    key, secret = (first(name) for name in _AWS)
    return StaticProvider(key, secret, first("AWS_SESSION_TOKEN") or None)


def _of_profile(profile: Mapping[str, str]) -> "Provider | None":
    from minio.credentials.providers import StaticProvider

    key, secret = profile.get("aws_access_key_id"), profile.get("aws_secret_access_key")
    if key and secret:
        return StaticProvider(key, secret, profile.get("aws_session_token"))
    if elsewhere := next((name for name in _ELSEWHERE if name in profile), None):
        raise StoreError(
            "denied",
            f"the AWS profile gets its keys with {elsewhere}: run "
            'eval "$(aws configure export-credentials --format env)" first',
        )
    return None


def _of_role() -> "Provider | None":
    """Return the credentials of a web identity, a container or a virtual machine on AWS."""
    from minio.credentials.providers import IamAwsProvider
    from urllib3.exceptions import HTTPError

    given = first(*_ROLE_VARIABLES)
    if not given and first("AWS_EC2_METADATA_DISABLED").lower() == "true":
        return None
    seconds = None if given else _METADATA_SECONDS
    provider = IamAwsProvider(
        custom_endpoint=first("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL") or None
        if first(_IDENTITY)
        else None,
        http_client=http_client(
            "https://sts.amazonaws.com" if first(_IDENTITY) else _METADATA,
            3 if given else 1,
            connect=seconds,
            read=seconds,
        ),
    )
    try:
        provider.retrieve()
    except (HTTPError, OSError, ValueError, LookupError) as error:
        if given:
            raise StoreError("denied", f"the role gives no credentials: {one_line(error)}") from None
        return None
    return provider


def _file(variable: str, default: str) -> Path:
    return Path(first(variable) or default).expanduser()


def _section(path: Path, name: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, OSError) as error:
        raise StoreError("denied", f"{path} cannot be read: {one_line(error)}") from None
    return dict(parser[name]) if parser.has_section(name) else {}
