"""Texts that are nearly equal: but for case, punctuation and markup, or with most of their letters in common."""

import html
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd

# Signatures have this many hashes, in bands; texts that agree in a whole band are compared.
_HASHES, _BAND = 64, 8
# Nearly equal texts share this part of their pieces of so many characters.
_SIMILAR, _PIECE = 0.85, 5
# Shorter texts are copies only if they are equal, because short sentences of one pattern look alike.
_SHORTEST = 40
# Texts that are nearly equal to more than this share of all are of one pattern, and no copies.
_COMMON = 0.05
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MARKUP = re.compile(r"<[^<>]{1,200}>")


def near_copy_codes(texts: Sequence[str]) -> np.ndarray:
    """Return codes that are the same for nearly equal texts; int64, shape ``(n,)``.

    Candidates are found by MinHash (Broder 1997) and compared by the Jaccard index of their pieces.

    Examples:
        >>> near_copy_codes(["Good &amp; cheap!", "good & cheap", "bad"]).tolist()
        [0, 0, 2]
    """
    plain = [plain_form(text) for text in texts]
    codes = pd.factorize(np.array(plain, dtype=object))[0].astype(np.int64)
    first = np.unique(codes, return_index=True)[1]  # one text of each code
    long = [int(at) for at in first if len(plain[at]) >= _SHORTEST]
    parent = np.arange(len(plain))
    parent[:] = first[codes]
    pieces = {at: _pieces(plain[at]) for at in long}
    links = _links(long, pieces, most=max(10, int(_COMMON * len(plain))))
    for one, other in links:
        parent[_root(parent, one)] = _root(parent, other)
    return np.array([_root(parent, at) for at in range(len(plain))], dtype=np.int64)


def plain_form(text: str) -> str:
    """Return the words of a text without case, punctuation, markup and repeated blanks."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = "".join(one if unicodedata.category(one)[0] in "LNMS" else " " for one in folded).split()
    return " ".join(words) or folded.strip()


def _pieces(text: str) -> np.ndarray:
    """Return hashes of all pieces of a text, sorted, each once; uint64."""
    letters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    hashed = np.zeros(len(letters) - _PIECE + 1, dtype=np.uint64)
    for at in range(_PIECE):
        hashed = (hashed ^ letters[at : at + len(hashed)]) * _FACTOR
        hashed ^= hashed >> np.uint64(29)
    return np.unique(hashed)


def _links(texts: list[int], pieces: dict[int, np.ndarray], *, most: int) -> list[tuple[int, int]]:
    """Return pairs of nearly equal texts; patterns that more than ``most`` texts follow link none."""
    random = np.random.default_rng(0)
    factors = random.integers(1, 2**63, _HASHES, dtype=np.uint64) | np.uint64(1)
    signatures = np.array([_signature(pieces[at], factors) for at in texts]).reshape(len(texts), _HASHES)
    links: dict[int, list[int]] = {}
    for band in range(0, _HASHES, _BAND):
        keys = pd.DataFrame(signatures[:, band : band + _BAND])
        for _, members in keys.groupby(list(keys.columns), sort=False).groups.items():
            if len(members) < 2 or len(members) > most:
                continue
            group = [texts[int(one)] for one in members]
            for at, one in enumerate(group[1:], start=1):
                near = [other for other in group[:at][-most:] if _similar(pieces[one], pieces[other])]
                links.setdefault(one, []).extend(near[:1])
    return [(one, other) for one, others in links.items() for other in others]


def _signature(pieces: np.ndarray, factors: np.ndarray) -> np.ndarray:
    mixed = pieces[:, None] * factors[None, :]
    return (mixed ^ (mixed >> np.uint64(31))).min(axis=0)


def _similar(one: np.ndarray, other: np.ndarray) -> bool:
    if min(len(one), len(other)) < _SIMILAR * max(len(one), len(other)):
        return False
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both >= _SIMILAR * (len(one) + len(other) - both)


def _root(parent: np.ndarray, at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = int(parent[at])
    return at
