"""Names of the container images in a compiled package."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from podium_ml.errors import SettingsError

IMAGES = ("python-cpu", "python-torch")
# Names images that are loaded into a cluster. ".invalid" is nobody's, now and later (RFC 2606), so nobody can take the
# name of an image elsewhere, such as "podium" on Docker Hub, and put an image of theirs in its place.
REGISTRY = "podium.invalid"
TAG = "0.1.0"

_REGISTRY_PATTERN = re.compile(r"[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?")
_TAG_PATTERN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST_PATTERN = re.compile(r"sha256:[0-9a-f]{64}")


def image_names(
    registry: str = "", tag: str = "", *, digests: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the full name of each image, by its short name.

    An image with a digest is named by that digest, so that a later push to the same tag does not change what runs.

    Args:
        registry: Registry and path, such as ``registry.example/team``; empty uses the default.
        tag: Tag; empty uses the default.
        digests: ``sha256:...`` by short name.

    Raises:
        SettingsError: The registry, the tag or a digest is invalid, or a digest is for an unknown image.

    >>> image_names("registry.example/team", "1.2")["python-cpu"]
    'registry.example/team/python-cpu:1.2'
    """
    registry, tag, digests = registry or REGISTRY, tag or TAG, digests or {}
    if not _REGISTRY_PATTERN.fullmatch(registry) or "//" in registry:
        raise SettingsError(
            f"'{registry}' is not a valid image registry.",
            "Write host and path in lower case, e.g. registry.example/team.",
        )
    if not _TAG_PATTERN.fullmatch(tag):
        raise SettingsError(
            f"'{tag}' is not a valid image tag.", "Use only letters, digits, dots, dashes and underscores."
        )
    for image, digest in digests.items():
        _check_digest(image, digest)
    return {
        image: f"{registry}/{image}@{digests[image]}" if image in digests else f"{registry}/{image}:{tag}"
        for image in IMAGES
    }


def read_digests(path: str | Path) -> dict[str, str]:
    """Read a JSON file of digests: ``{"python-cpu": "sha256:...", ...}``.

    Raises:
        SettingsError: The file cannot be read, or is not a JSON object.
    """
    try:
        digests = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        digests = None
    if not isinstance(digests, dict):
        raise SettingsError(f"{path} holds no digests.", 'Write JSON such as {"python-cpu": "sha256:..."}.')
    return digests


def _check_digest(image: str, digest: object) -> None:
    if image not in IMAGES:
        raise SettingsError(f"Unknown image '{image}' among the digests.", f"Available: {', '.join(IMAGES)}.")
    if not isinstance(digest, str) or not _DIGEST_PATTERN.fullmatch(digest):
        raise SettingsError(
            f"'{digest}' is not a valid digest of {image}.",
            "Write sha256: followed by 64 lower-case hexadecimal digits.",
        )
