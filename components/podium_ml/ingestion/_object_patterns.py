"""Patterns of object keys: ``*``, ``?`` and ``[...]`` within a folder, ``**`` for folders of any depth."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

_MAGIC = re.compile(r"[*?\[]")
_ANY_DEPTH = "**"


def literal_start(pattern: str) -> str:
    """Return what precedes the first special character: the prefix that all matching keys have.

    >>> literal_start("sales/year=20*/part-?.csv")
    'sales/year=20'
    """
    return _MAGIC.split(pattern, maxsplit=1)[0]


def matches(pattern: str, key: str) -> bool:
    """Whether a key matches a pattern; takes time in proportion to the length of both.

    >>> [matches("a/**/*.csv", key) for key in ("a/b.csv", "a/x/y/b.csv", "b.csv")]
    [True, True, False]
    >>> matches("a/*.csv", "a/x/b.csv")
    False
    """
    parts = pattern.split("/")
    # The parts that the next name of the key may have to match.
    reached = _skip(parts, {0})
    for name in key.split("/"):
        after = {at if parts[at] == _ANY_DEPTH else at + 1 for at in reached if _fits(parts, at, name)}
        reached = _skip(parts, after)
    return len(parts) in reached


def _fits(parts: list[str], at: int, name: str) -> bool:
    return at < len(parts) and (parts[at] == _ANY_DEPTH or fnmatchcase(name, parts[at]))


def _skip(parts: list[str], reached: Iterable[int]) -> set[int]:
    """Add the parts that follow ``**``, which also stands for no folder at all."""
    found = set(reached)
    for at in range(len(parts)):
        if at in found and parts[at] == _ANY_DEPTH:
            found.add(at + 1)
    return found
