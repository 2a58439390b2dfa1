"""Names of pictures in tables and annotations, found without knowing the format; and the folders where they may lie."""

import json
import mmap
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from podium_ml.media.names import SUFFIXES, is_hidden

# A name stands between marks of CSV, JSON or XML. What mentions no picture at its beginning names none.
_NAME = re.compile(rb'[^"<>,;\t|\r\n]{1,4096}')
_ENDS = tuple(suffix.encode() for suffix in SUFFIXES)
_MENTION = re.compile(rb"(?i)(" + b"|".join(map(re.escape, _ENDS)) + rb")\b")
_BEGINNING, _LARGEST_PART = 1 << 22, 1 << 27
_TEXTS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xml")
_MOST_FOLDERS = 200


def mentions_pictures(content: bytes) -> bool:
    """Whether the beginning of a text names a picture.

    >>> mentions_pictures(b"a.png,cat"), mentions_pictures(b"1,2")
    (True, False)
    """
    return bool(_MENTION.search(content[:_BEGINNING]))


def names_in(path: Path) -> Iterator[str]:
    """Yield what looks like the name of a picture in a table or in annotations; nothing for other files.

    Args:
        path: A text or a workbook.
    """
    suffix = path.suffix.lower()
    if suffix in _TEXTS:
        yield from _of_text(path)
    elif suffix == ".xlsx" and zipfile.is_zipfile(path):
        yield from _of_workbook(path)


def folders_near(folder: Path) -> list[Path]:
    """Return the folders where pictures lie that a file in a folder names: its own, the one above, and those nearby."""
    siblings = [one for one in _subfolders(folder.parent) if one != folder]
    return [folder, folder.parent, *folders_below(folder), *siblings][:_MOST_FOLDERS]


def folders_below(folder: Path) -> list[Path]:
    """Return the folders in a folder, and those in them."""
    below = [one for first in _subfolders(folder) for one in (first, *_subfolders(first))]
    return below[:_MOST_FOLDERS]


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if one.is_dir() and not is_hidden(one.name))
    except OSError:
        return []


def _of_text(path: Path) -> Iterator[str]:
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if mentions_pictures(content[:_BEGINNING]):
            yield from _names(content, unescape=path.suffix.lower().startswith((".json", ".ndjson")))


def _of_workbook(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as packed:
        for one in packed.infolist():
            is_text = one.filename.endswith(".xml") and "/_rels" not in one.filename
            if is_text and one.file_size < _LARGEST_PART:
                text = packed.read(one).replace(b"&amp;", b"&").replace(b"&apos;", b"'")
                yield from _names(text, unescape=False)


def _names(content: "bytes | mmap.mmap", *, unescape: bool) -> Iterator[str]:
    for match in _NAME.finditer(content):
        found = match[0].strip()
        if not found.lower().endswith(_ENDS):
            continue
        name = found.decode(errors="replace")
        yield _unescaped(name) if unescape and "\\" in name else name


def _unescaped(name: str) -> str:
    try:
        return str(json.loads(f'"{name}"'))
    except ValueError:
        return name
