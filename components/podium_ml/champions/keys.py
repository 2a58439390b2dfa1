"""The keys that sign registered models (Ed25519; RFC 8032), and those that are trusted.

The key of a laptop is a file in the user's own folder, made at the first publication. In a pod, the task that publishes
has the key in its environment, and the tasks that load models have the public keys alone.
"""

import contextlib
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from podium_ml.errors import PodiumError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# A private key, and public keys with commas between them, as 64 hexadecimal digits each. ``any`` trusts all models.
SIGNING_VARIABLE, TRUSTED_VARIABLE = "PODIUM_SIGNING_KEY", "PODIUM_TRUSTED_KEYS"
ANY = "any"
_KEY = re.compile(r"[0-9a-f]{64}")
_SIGNING_FILE, _TRUSTED_FILE = "signing-key", "trusted-keys"


def key_folder() -> Path | None:
    """Return the folder of the user's keys, which need not exist; ``None`` if the user has no home."""
    base = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config")
    with contextlib.suppress(RuntimeError):
        return base.expanduser() / "podium"
    return None


def signing_key(*, make: bool = False) -> "Ed25519PrivateKey | None":
    """Return the key of the environment, or of the user's own folder; ``None`` if there is none.

    Args:
        make: Whether to make a key in that folder if there is none.

    Raises:
        PodiumError: The key is no key, others may read its file, or the file cannot be written.
    """
    if text := os.environ.get(SIGNING_VARIABLE, "").strip():
        return _private(text, SIGNING_VARIABLE)
    folder = key_folder()
    if folder is None:
        return None
    path = folder / _SIGNING_FILE
    try:
        if make and not path.exists():
            _write_once(path, new_key())
        return _private(_read_private(path), str(path)) if path.exists() else None
    except OSError as error:
        raise PodiumError(f"The key {path} cannot be used: {error.strerror}.") from error


def new_key() -> str:
    """Return a new private key."""
    return os.urandom(32).hex()


def public_key(key: "Ed25519PrivateKey") -> str:
    """Return the public half of a key."""
    return key.public_key().public_bytes_raw().hex()


def public_half(text: str, place: str = "the text") -> str:
    """Return the public half of a private key.

    Args:
        text: The private key.
        place: Where it is from, in messages.

    Raises:
        PodiumError: It is no key.
    """
    return public_key(_private(text, place))


def trusts_any() -> bool:
    """Whether the user accepts models without a signature."""
    return ANY in _split(os.environ.get(TRUSTED_VARIABLE, ""))


def listed_keys(text: str, place: str) -> list[str]:
    """Return the public keys of a list, which may contain ``any``.

    Args:
        text: Public keys with commas between them.
        place: Where the list is from, in messages.

    Raises:
        PodiumError: One of them is no key.
    """
    keys = _split(text)
    for one in keys:
        if one != ANY:
            _check(one, place)
    return keys


def trusted_keys() -> dict[str, str]:
    """Return the public keys that are trusted, and where each comes from; the user's own is one of them.

    Raises:
        PodiumError: One of them is no key.
    """
    listed = listed_keys(os.environ.get(TRUSTED_VARIABLE, ""), TRUSTED_VARIABLE)
    found = dict.fromkeys((one for one in listed if one != ANY), TRUSTED_VARIABLE)
    folder = key_folder()
    if folder is not None and (folder / _TRUSTED_FILE).is_file():
        path = folder / _TRUSTED_FILE
        for one in path.read_text(encoding="utf-8").split():
            _check(one, str(path))
            found[one] = str(path)
    own = signing_key()
    return {**found, public_key(own): "your own"} if own else found


def trust(key: str) -> Path:
    """Trust a public key from now on, and return the file that lists it.

    Raises:
        PodiumError: It is no key, or the user has no home.
    """
    _check(key, "the command line")
    folder = key_folder()
    if folder is None:
        raise PodiumError(
            "You have no home folder to keep keys in.", f"Name the key in {TRUSTED_VARIABLE} instead."
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / _TRUSTED_FILE).open("a", encoding="utf-8") as file:
        file.write(f"{key}\n")
    return folder / _TRUSTED_FILE


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _check(key: str, place: str) -> None:
    if not _KEY.fullmatch(key):
        raise PodiumError(
            f"There is no key in {place}: a key is 64 hexadecimal digits.", "`podium keys` shows yours."
        )


def _private(text: str, place: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    _check(text, place)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text))


def _read_private(path: Path) -> str:
    facts = path.stat()
    if facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or facts.st_uid != os.getuid():
        raise PodiumError(
            f"Others may read or change the key {path}.", f"Make it yours alone: chmod 600 {path}."
        )
    return path.read_text(encoding="utf-8").strip()


def _write_once(path: Path, text: str) -> None:
    """Write a private file, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, partial = tempfile.mkstemp(dir=path.parent)  # only the user may read it
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
    finally:
        Path(partial).unlink()
