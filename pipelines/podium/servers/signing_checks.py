"""Check of the keys that sign models and of those that are trusted, for ``podium doctor``."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from podium.pipelines.secrets import SERVERS, SIGNING
from podium.servers.connections import Connections
from podium.servers.errors import ServerError
from podium.servers.findings import Finding
from podium.servers.pods import cluster_errors, core_api
from podium_ml.champions.keys import (
    ANY,
    SIGNING_VARIABLE,
    TRUSTED_VARIABLE,
    listed_keys,
    public_half,
    trusted_keys,
)

_CHECK = "signing keys"
_SECONDS = 10.0
_NOT_FOUND, _FORBIDDEN = 404, 403
_DEPLOY = "Deploy the manifests again (`make deploy`), which makes both halves of the key."


def check_signing_keys(connections: Connections) -> Finding:
    """Say whether runs sign the models that they publish, and whether later runs and this machine would load them.

    Args:
        connections: Settings of the servers.

    Raises:
        PodiumError: A key in the cluster or on this machine is no key, or others may read this machine's own.
    """
    own = trusted_keys()  # a key of this machine that cannot be used is told whatever the cluster has
    try:
        with cluster_errors(connections):
            core, namespace = core_api(connections), connections.namespace_of_runs
            servers = _read(core.read_namespaced_config_map, SERVERS, namespace)
            secret = _read(core.read_namespaced_secret, SIGNING, namespace)
    except ServerError as error:
        return Finding(_CHECK, "skipped", error.message, error.hint)
    if servers is False:
        return Finding(_CHECK, "skipped", f"You may not read the ConfigMap {SERVERS}.")
    listed = ((servers and servers.data) or {}).get(TRUSTED_VARIABLE, "")
    trusted = listed_keys(listed, f"the ConfigMap {SERVERS}")
    if secret is False:
        return Finding(
            _CHECK, "ok", f"Runs trust {_count(trusted)}; you may not see the one that they sign with."
        )
    if secret is None:
        return _wrong("Runs do not sign the models that they publish, so no later run loads them.")
    public = public_half(_text(secret), f"the Secret {SIGNING}")
    if public not in trusted and ANY not in trusted:
        return _wrong(
            f"Runs sign models with the key {public}, which {TRUSTED_VARIABLE} of {SERVERS} does not name."
        )
    seen = "Runs sign models with a key that they trust."
    if public in own:
        return Finding(_CHECK, "ok", seen)
    return Finding(
        _CHECK,
        "ok",
        f"{seen} This machine does not.",
        f"To load their models here: podium keys --trust {public}",
    )


def _wrong(seen: str) -> Finding:
    return Finding(_CHECK, "wrong", seen, _DEPLOY)


def _count(keys: list[str]) -> str:
    if ANY in keys:
        return "models without a signature"
    return f"{len(keys) or 'no'} {'key' if len(keys) == 1 else 'keys'}"


def _read(read: Callable[..., Any], name: str, namespace: str) -> Any:
    """Return an object: ``None`` if there is none, ``False`` if the user may not read it."""
    from kubernetes.client.exceptions import ApiException

    try:
        return read(name, namespace, _request_timeout=_SECONDS)
    except ApiException as error:
        if error.status not in (_NOT_FOUND, _FORBIDDEN):
            raise
        return None if error.status == _NOT_FOUND else False


def _text(secret: Any) -> str:
    """Return the private key in a Secret; empty if it has none."""
    try:
        return base64.b64decode((secret.data or {}).get(SIGNING_VARIABLE, "")).decode().strip()
    except (binascii.Error, UnicodeDecodeError):
        return ""
