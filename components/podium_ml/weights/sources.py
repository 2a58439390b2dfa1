"""What a user writes for weights."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from podium_ml.errors import SettingsError
from podium_ml.values.addresses import scheme_of

Kind = Literal["package", "folder", "objects", "hub"]

_HASH = re.compile(r"#sha256=([0-9a-f]{64})$")
_REVISION = re.compile(r"@([A-Za-z0-9][A-Za-z0-9._+-]*)$")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_PREFIXES: dict[str, Kind] = {"package": "package", "hub": "hub", "hf": "hub"}
_STORES = ("s3", "s3a", "minio")


@dataclass(frozen=True)
class Source:
    """Weights by name.

    Attributes:
        kind: Kind of place.
        place: Name of the package, path of the folder, URL of the store, or name on the hub.
        revision: The version that is meant; empty for today's.
        sha256: The hash that the files must have; empty if any will do.
    """

    kind: Kind
    place: str
    revision: str = ""
    sha256: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``package:NAME``, a folder, an s3 URL, or ``hub:OWNER/NAME``.

        Each may be followed by ``@REVISION`` and by ``#sha256=HASH``.

        Raises:
            SettingsError: It is none of these.

        >>> Source.parse("package:wordllama@0.4.0")
        Source(kind='package', place='wordllama', revision='0.4.0', sha256='')
        """
        text, expected = _without(_HASH, text.strip())
        if "#sha256=" in text:
            raise SettingsError(f"{text}: a SHA-256 has 64 digits from 0 to 9 and a to f.")
        if text and Path(text).is_dir():
            return cls("folder", text, sha256=expected)
        place, revision = _without(_REVISION, text)
        kind, name = _kind(place)
        return cls(kind, name, revision, expected)

    def at(self, revision: str) -> "Source":
        """Return the same source at a revision."""
        return replace(self, revision=revision)

    def __str__(self) -> str:
        prefix = f"{self.kind}:" if self.kind in ("package", "hub") else ""
        revision = f"@{self.revision}" if self.revision else ""
        return f"{prefix}{self.place}{revision}" + (f"#sha256={self.sha256}" if self.sha256 else "")


def _kind(text: str) -> tuple[Kind, str]:
    prefix, colon, name = text.partition(":")
    if colon and prefix in _PREFIXES:
        if not _NAME.fullmatch(name):
            raise SettingsError(
                f"{text}: {name!r} is no name of a {prefix}.", "Write package:NAME or hub:OWNER/NAME."
            )
        return _PREFIXES[prefix], name
    scheme = scheme_of(text)
    if scheme in _STORES:
        return "objects", text
    if scheme or not text:
        raise SettingsError(
            f"{text!r} names no weights.",
            "Write package:NAME, a folder, s3://BUCKET/FOLDER or hub:OWNER/NAME.",
        )
    return "folder", text


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """Return a text without its end, and what that end says."""
    match = pattern.search(text)
    return (text[: match.start()], match[1]) if match else (text, "")
