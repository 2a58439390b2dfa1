"""Names of picture files and of the folders that hold them."""

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

# Columns of the table that a folder of pictures becomes.
PICTURE, LABEL, FILE = "picture", "label", "file"
SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".avif"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".ico", ".jp2"),
    *(".heic", ".heif", ".jxl"),  # pictures that are no more than named, because nothing here decodes them
)
# Folders that split data; a folder of each is no class.
SPLITS = frozenset(
    (
        *(
            "train",
            "training",
            "trainset",
            "val",
            "valid",
            "validation",
            "validate",
            "dev",
            "test",
            "testing",
        ),
        *("testset", "eval", "evaluation", "holdout"),
    )
)
_NOT_HIDDEN_BY_DOT = frozenset({"thumbs.db", "desktop.ini", "icon\r", "ehthumbs.db"})
_FOREIGN = frozenset({"__macosx", "@eadir", "$recycle.bin", "system volume information", "lost+found"})


def composed(name: str) -> str:
    """Return a name in one spelling, because file systems compose accents differently."""
    return unicodedata.normalize("NFC", name)


def is_hidden(path: str) -> bool:
    """Whether a file, given by its path in a folder, was left by a program and is no data.

    >>> is_hidden("cats/._a.png"), is_hidden(".ipynb_checkpoints/a.png"), is_hidden("cats/_a.png")
    (True, True, False)
    """
    parts = [part.casefold() for part in PurePosixPath(path).parts]
    return any(part.startswith(".") or part in _FOREIGN for part in parts) or (
        bool(parts) and parts[-1] in _NOT_HIDDEN_BY_DOT
    )


def has_picture_suffix(name: str) -> bool:
    """Whether the name, without a query, is that of a picture."""
    return PurePosixPath(name.split("?")[0].strip().replace("\\", "/")).suffix.lower() in SUFFIXES


def classes_of(paths: Sequence[str], folders: Iterable[str] = ()) -> tuple[list[str | None], list[str]]:
    """Return the class that the folder of each picture names, and the classes that hold no picture.

    Folders that wrap all others are seen through, and so are those that split data, such as ``train`` and ``test``.
    Pictures in sub-folders belong to the class above; those that lie in no folder of a class, such as all of ``test``,
    have none.

    Args:
        paths: Paths of the pictures below the source, with slashes.
        folders: Paths of all folders, also of those without a picture.

    >>> classes_of(["data/train/cat/a.png", "data/test/dog/x/b.png"])
    (['cat', 'dog'], [])
    """
    parts = [PurePosixPath(composed(path)).parts for path in paths]
    level = _level(parts)
    classes = [one[level] if len(one) > level + 1 else None for one in parts]
    known = {one for one in classes if one is not None}
    others = [PurePosixPath(composed(path)).parts for path in folders]
    above = {one[:level] for one in parts}
    empty = {one[level] for one in others if len(one) > level and one[:level] in above} - known
    return classes, sorted(empty)


def _level(parts: Sequence[tuple[str, ...]]) -> int:
    """Return how many folders lie above the classes."""
    level = 0
    while True:
        here = {one[level] if len(one) > level + 1 else "" for one in parts}
        is_split = bool(here) and "" not in here and {one.casefold() for one in here} <= SPLITS
        wraps = len(here) == 1 and "" not in here and all(len(one) > level + 2 for one in parts)
        if not is_split and not wraps:
            return level
        level += 1
