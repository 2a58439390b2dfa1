"""Perceptual hashes of pictures, and which pictures are nearly the same.

The hash is the difference hash: whether each pixel of a tiny picture is brighter than its neighbour to the left, and
than the one above (https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

_SIDE = 8
_BITS = 2 * _SIDE * _SIDE
# Two pictures are nearly the same if at most so many of the 128 bits differ.
_NEAR = 4
# Differences of neighbours below this many grey levels are none, so that flat areas hash alike.
_FLAT = 2
# A hash that tells little (few bits set or unset) is shared by pictures that differ, such as dots on white.
_FEWEST_BITS = 24
# A group of near-duplicates may take at most this share of the pictures; simple pictures look alike to a hash.
_MOST_SHARE = 0.05
_FEWEST_IN_GROUP = 4
# Bits of the parts by which candidates are found: hashes that differ in 4 bits agree in one of 8 parts.
_PART = 16


def difference_hash(image: Image.Image) -> int:
    """Return the hash of an image, 128 bits."""
    small = image.convert("L").resize((_SIDE + 1, _SIDE + 1), Image.Resampling.BOX)
    grey = np.asarray(small, dtype=np.int16)
    across = grey[:-1, 1:] - grey[:-1, :-1] > _FLAT
    down = grey[1:, :-1] - grey[:-1, :-1] > _FLAT
    return int.from_bytes(np.packbits(np.concatenate([across.ravel(), down.ravel()])).tobytes(), "big")


def near_groups(hashes: Sequence[int | None], exact: np.ndarray) -> np.ndarray:
    """Return codes that are the same for pictures that are nearly the same; int64, shape ``(n,)``.

    Args:
        hashes: The hash of each picture; ``None`` where there is none.
        exact: Codes that are the same for equal pictures, shape ``(n,)``; these stay together in any case.
    """
    parent = np.arange(len(hashes))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for first, second in _pairs(hashes):
        parent[root(first)] = root(second)
    found = np.array([root(at) for at in range(len(hashes))], dtype=np.int64)
    return _with_exact(_bounded(found), exact)


def _pairs(hashes: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions whose hashes differ little, enough of them to connect all that do."""
    telling = [at for at, one in enumerate(hashes) if one is not None and _tells(one)]
    buckets: dict[tuple[int, int], list[int]] = {}
    for at in telling:
        value = hashes[at]
        assert value is not None
        for part in range(_BITS // _PART):
            key = part, (value >> (part * _PART)) & ((1 << _PART) - 1)
            others = buckets.setdefault(key, [])
            for other in others[-50:]:  # a common part has few other near pictures far back
                before = hashes[other]
                assert before is not None
                if (before ^ value).bit_count() <= _NEAR:
                    yield other, at
            others.append(at)


def _tells(value: int) -> bool:
    return _FEWEST_BITS <= value.bit_count() <= _BITS - _FEWEST_BITS


def _bounded(codes: np.ndarray) -> np.ndarray:
    """Dissolve groups that are so large that they must hold different pictures."""
    counts = np.bincount(codes, minlength=len(codes))
    most = max(_FEWEST_IN_GROUP, _MOST_SHARE * len(codes))
    wide = counts[codes] > most
    return np.where(wide, np.arange(len(codes)), codes)


def _with_exact(codes: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Join groups that share equal pictures."""
    first: dict[int, int] = {}
    joined: dict[int, int] = {}

    def final(code: int) -> int:
        while code in joined:
            code = joined[code]
        return code

    for code, copy in zip(codes.tolist(), exact.tolist(), strict=True):
        one, other = final(first.setdefault(copy, code)), final(code)
        if one != other:
            joined[other] = one
    return np.unique([final(code) for code in codes.tolist()], return_inverse=True)[1].astype(np.int64)
