"""Signatures of registered models: who published a version, and that nobody has changed it since.

A signature covers the name, the number and the run of the version, and the content of its files. So nobody who writes
to the registry can pass another model off as this version, not even one that was signed for another version or name.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from podium_ml.champions.keys import (
    TRUSTED_VARIABLE,
    public_key,
    signing_key,
    trusted_keys,
    trusts_any,
)
from podium_ml.champions.registry import SIGNATURE, Version

_ACCEPT = f"To accept models without a signature that you trust, set {TRUSTED_VARIABLE}=any."


def sign(version: Version, files: Mapping[str, Path], *, make_key: bool) -> str:
    """Return the signature of a version, as its tag; empty if there is no key.

    Args:
        version: The version.
        files: Its files by name; those that do not exist are left out.
        make_key: Whether to make a key in the user's own folder if there is none.

    Raises:
        PodiumError: The key cannot be used.
    """
    key = signing_key(make=make_key)
    return f"{public_key(key)}:{key.sign(_statement(version, files)).hex()}" if key else ""


def refusal(version: Version, files: Mapping[str, Path]) -> str:
    """Return why the model of a version must not be loaded, for the user; empty if it may.

    Args:
        version: The version, with its tags.
        files: Its files by name, as they were fetched.

    Raises:
        PodiumError: A trusted key is no key.
    """
    if trusts_any():
        return ""
    key, _, signature = version.tags.get(SIGNATURE, "").partition(":")
    if not signature:
        return f"The champion {version.reference} is not signed, so its model was not loaded. {_ACCEPT}"
    if key not in trusted_keys():
        return (
            f"The champion {version.reference} is signed with a key that is not trusted, so its model was not loaded."
            f" If the key is that of a publisher whom you trust: podium keys --trust {key[:64]}. {_ACCEPT}"
        )
    if not _is_valid(key, signature, _statement(version, files)):
        return (
            f"The champion {version.reference} is not what was signed, so its model was not loaded. {_ACCEPT}"
        )
    return ""


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _statement(version: Version, files: Mapping[str, Path]) -> bytes:
    hashes = {name: hash_of(path) for name, path in sorted(files.items()) if path.exists()}
    whole = {"podium": "model version", "name": version.name, "number": version.number, "run": version.run_id}
    return json.dumps({**whole, "files": hashes}, sort_keys=True).encode()


def _is_valid(key: str, signature: str, statement: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True
