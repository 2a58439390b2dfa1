"""What a cell of a table says about a picture: a path, a URL or a data URI; found and read."""

import base64
import binascii
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, unquote_to_bytes

from podium_ml.errors import DataError
from podium_ml.media.errors import PictureError
from podium_ml.media.names import has_picture_suffix
from podium_ml.media.places import LARGEST, read_file

Fetch = Callable[[str], bytes]
"""Returns what lies at a URL; raises ``DataError``."""

_DATA = re.compile(r"data:image/[\w.+-]+(;[\w=-]+)*,", re.IGNORECASE)
_FETCHED = re.compile(r"(https?|s3a?|minio)://", re.IGNORECASE)
# Schemes of stores that are not there, and letters of drives: of the path that follows, only the end counts.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//)?")
_LONGEST = 4_096


def is_reference(text: str) -> bool:
    """Whether a text names a picture or holds one.

    >>> is_reference("data:image/png;base64,iVBO"), is_reference("cats/1.JPG"), is_reference("a cat")
    (True, True, False)
    """
    return bool(_DATA.match(text)) or (len(text) < _LONGEST and has_picture_suffix(text))


def is_address(text: str) -> bool:
    """Whether a text is an address from which a picture is fetched.

    >>> is_address("s3://photos/1.png"), is_address("photos/1.png")
    (True, False)
    """
    return bool(_FETCHED.match(text))


class References:
    """Reads the pictures that cells refer to.

    Args:
        bases: Folders that relative paths may start from: those of the files that hold the cells.
        fetch: Fetches URLs.
        home: URL of the folder of a table that was fetched itself; relative paths start there. Empty for none.
        near: Folders where what is not below the bases may be, if it is in one of them alone.
    """

    def __init__(
        self, bases: Sequence[Path], fetch: Fetch, *, home: str = "", near: Sequence[Path] = ()
    ) -> None:
        self._bases, self._fetch, self._home = list(dict.fromkeys(bases)), fetch, home
        self._near = [one for one in dict.fromkeys(near) if one not in self._bases]
        self._listed: dict[Path, dict[str, str]] = {}
        self._folders: dict[tuple[str, ...], bool] = {}

    def read(self, text: str) -> bytes:
        """Return the bytes of a picture.

        Raises:
            PictureError: There is none.
        """
        text = text.strip()
        if match := _DATA.match(text):
            return _of_data(text[match.end() :], is_base64=";base64" in match[0].lower())
        if is_address(text):
            return self._fetched(text)
        path = self.find(text)
        if path is not None:
            return read_file(path)
        if self._home and not _SCHEME.match(text):
            return self._fetched(f"{self._home.rstrip('/')}/{text.replace(chr(92), '/').removeprefix('./')}")
        raise PictureError("is missing")

    def find(self, text: str) -> Path | None:
        """Return the file that a path leads to, or else that its end leads to; ``None`` if there is none."""
        plain = text.replace("\\", "/")
        if scheme := _SCHEME.match(plain):
            plain = unquote(plain[scheme.end() :])
        parts = [part for part in PurePosixPath(plain).parts if part not in ("/", ".")]
        if not parts or len(plain) > _LONGEST or "\0" in plain:
            return None
        if PurePosixPath(plain).is_absolute() and (found := self._file(Path(plain))):
            return found
        for start in range(len(parts)):
            for base in self._bases:
                if found := self._file(base.joinpath(*parts[start:])):
                    return found
            if self._lead_to_folder(parts[start:-1]):
                return None  # the picture is missing there; one of the same name elsewhere is another
        nearby = (base.joinpath(*parts) for base in self._near)
        found_near = {path for path in nearby if path.is_file()}
        return found_near.pop() if len(found_near) == 1 else None

    def _lead_to_folder(self, parts: Sequence[str]) -> bool:
        key = tuple(parts)
        if key not in self._folders:
            self._folders[key] = (
                bool(key) and key[-1] != ".." and any(base.joinpath(*key).is_dir() for base in self._bases)
            )
        return self._folders[key]

    def _file(self, path: Path) -> Path | None:
        """Return the file at a path, in whichever way its name composes accents and ends."""
        try:
            if path.is_file():
                return path
            for form in ("NFC", "NFD"):
                other = Path(unicodedata.normalize(form, str(path)))
                if other != path and other.is_file():
                    return other
            return self._in_other_case(path)
        except (OSError, ValueError):
            return None

    def _in_other_case(self, path: Path) -> Path | None:
        folder = path.parent
        if folder not in self._listed:
            names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208 - names alone
            self._listed[folder] = {unicodedata.normalize("NFC", name).casefold(): name for name in names}
        name = self._listed[folder].get(unicodedata.normalize("NFC", path.name).casefold())
        found = folder / name if name else None
        return found if found is not None and found.is_file() else None

    def _fetched(self, url: str) -> bytes:
        try:
            return self._fetch(url)
        except DataError as error:
            raise PictureError(f"cannot be fetched: {error.message}") from None


def _of_data(text: str, *, is_base64: bool) -> bytes:
    if len(text) > 2 * LARGEST:
        raise PictureError(f"is larger than {LARGEST >> 20} MB")
    try:
        return (
            base64.b64decode("".join(text.split()), validate=False) if is_base64 else unquote_to_bytes(text)
        )
    except (binascii.Error, ValueError):
        raise PictureError("is a damaged data URI") from None
