"""The entity tag that a store gives to a file: its MD5, or that of the MD5s of its parts.

A store computes the tag from what it holds, so an equal tag means equal bytes: nobody can find other bytes with the MD5
of a given file. Stores that encrypt objects with keys of their own give other tags.
"""

import hashlib
from pathlib import Path


def entity_tag(path: Path, part_bytes: int) -> str:
    """Return the tag of an object with the content of a file.

    Args:
        path: The file.
        part_bytes: Size of a part; smaller files are uploaded as a whole.
    """
    with path.open("rb") as file:
        parts = [_md5(part) for part in iter(lambda: file.read(part_bytes), b"")] or [_md5(b"")]
    return parts[0].hex() if len(parts) == 1 else f"{_md5(b''.join(parts)).hex()}-{len(parts)}"


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()
