"""Digests of images: what a registry has under a tag at this moment."""

import base64
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from podium.servers.errors import ServerError

SECONDS = 10
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
# An index of several platforms first: its digest holds for all nodes.
_ACCEPTED = ", ".join(
    f"application/{one}+json"
    for one in (
        "vnd.oci.image.index.v1",
        "vnd.docker.distribution.manifest.list.v2",
        "vnd.oci.image.manifest.v1",
        "vnd.docker.distribution.manifest.v2",
    )
)
# As Docker does, names of this machine are asked without TLS.
_HERE = ("localhost", "127.0.0.1")
_DOCKER_HUB = "registry-1.docker.io"


def digest_of(image: str) -> str:
    """Ask a registry for the digest of an image, with the credentials of ``docker login``, if there are any.

    Args:
        image: Its full name, ``host/path:tag``.

    Raises:
        ServerError: The registry cannot be reached, does not have the image, or wants other credentials.
    """
    import requests

    host, path, tag = split_name(image)
    scheme = "http" if host.partition(":")[0] in _HERE else "https"
    url = f"{scheme}://{host}/v2/{path}/manifests/{tag}"
    try:
        answer = _head(url, "")
        if answer.status_code == requests.codes.unauthorized:
            answer = _head(url, _authorization(answer.headers.get("WWW-Authenticate", ""), host))
    except requests.RequestException as error:
        raise _failure(image, type(error).__name__) from None
    digest = answer.headers.get("Docker-Content-Digest", "")
    if not answer.ok or not _DIGEST.fullmatch(digest):
        raise _failure(image, f"it answers {answer.status_code}")
    return digest


def split_name(image: str) -> tuple[str, str, str]:
    """Return the host, the path and the tag of an image.

    >>> split_name("registry.example:5000/team/python-cpu:1.2")
    ('registry.example:5000', 'team/python-cpu', '1.2')
    >>> split_name("docker.io/library/postgres:17")
    ('registry-1.docker.io', 'library/postgres', '17')
    """
    name, _, tag = image.rpartition(":")
    host, _, path = name.partition("/")
    return (_DOCKER_HUB if host == "docker.io" else host), path, tag


def has_host(registry: str) -> bool:
    """Return whether the name of a registry begins with a host that can be asked.

    >>> has_host("registry.example/team"), has_host("podium"), has_host("podium.invalid")
    (True, False, False)
    """
    host = registry.partition("/")[0]
    return ("." in host or ":" in host or host in _HERE) and not host.endswith(".invalid")


def _head(url: str, authorization: str) -> Any:
    import requests

    headers = {"Accept": _ACCEPTED, **({"Authorization": authorization} if authorization else {})}
    return requests.head(url, headers=headers, timeout=SECONDS, allow_redirects=False)


def _authorization(challenge: str, host: str) -> str:
    """Return the header that a registry asks for: a password, or a token that its token service gives for one."""
    import requests

    password = _login(host)
    scheme, _, rest = challenge.partition(" ")
    if scheme.lower() != "bearer":
        return password
    fields = dict(_CHALLENGE.findall(rest))
    realm = urlsplit(fields.pop("realm", ""))
    is_here = host.partition(":")[0] in _HERE and realm.hostname in _HERE
    if realm.scheme != "https" and not is_here:
        return ""  # no password in clear, nor for a place that is no address
    headers = {"Authorization": password} if password else {}
    answer = requests.get(
        realm.geturl(), params=fields, headers=headers, timeout=SECONDS, allow_redirects=False
    )
    body = answer.json() if answer.ok else {}
    token = body.get("token") or body.get("access_token") or ""
    return f"Bearer {token}" if token else ""


def _login(host: str) -> str:
    """Return the password that ``docker login`` or ``podman login`` wrote for a host, as a header."""
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    try:
        logins = json.loads((folder / "config.json").read_text(encoding="utf-8"))["auths"]
        encoded = str(logins["https://index.docker.io/v1/" if host == _DOCKER_HUB else host]["auth"])
        base64.b64decode(encoded, validate=True)
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return f"Basic {encoded}"


def _failure(image: str, reason: str) -> ServerError:
    return ServerError(
        f"The registry does not tell the digest of {image}: {reason}.",
        "Push the image, or write its digest into a JSON file and name that in PODIUM_IMAGE_DIGESTS.",
    )
