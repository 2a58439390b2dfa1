"""Texts that are nearly equal: but for case, punctuation and markup, or with most of their letters in common."""

import html
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
import regex

# Signatures have this many hashes, in bands; texts that agree in a whole band are compared.
_HASHES, _BAND = 64, 8
# Nearly equal texts share this part of their pieces of so many characters, by the share of equal hashes.
_SIMILAR, _PIECE = 0.8, 5
# Shorter texts are copies only if their words are equal, because short sentences of one pattern look alike.
SHORTEST = 40
# The beginning tells what a text is.
_LONGEST = 1_500
# Texts that are nearly equal to more than this share of all, and to so many, are of one pattern, and no copies.
_COMMON, _MANY = 0.05, 10
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MARKUP = regex.compile(r"<[^<>]{1,200}>")
_BETWEEN = regex.compile(r"[^\p{L}\p{N}\p{M}\p{S}]+")


def near_copy_codes(texts: Sequence[str]) -> np.ndarray:
    """Return codes that are the same for nearly equal texts; int64, shape ``(n,)``.

    Texts are compared by their MinHash signatures (Broder 1997), whose share of equal hashes estimates the Jaccard
    index of their pieces.

    Examples:
        >>> near_copy_codes(["Good &amp; cheap!", "good & cheap", "bad"]).tolist()
        [0, 0, 2]
    """
    plain = [plain_form(text) for text in texts]
    codes = pd.factorize(np.array(plain, dtype=object))[0].astype(np.int64)
    first = np.unique(codes, return_index=True)[1]  # one text of each code
    parent = first[codes]
    long = np.array([at for at in first if len(plain[at]) >= SHORTEST], dtype=np.int64)
    for one, other in _links([plain[at] for at in long], most=max(_MANY, int(_COMMON * len(plain)))):
        parent[_root(parent, long[one])] = _root(parent, long[other])
    return np.array([_root(parent, at) for at in range(len(plain))], dtype=np.int64)


def plain_form(text: str) -> str:
    """Return the words of a text without case, punctuation, markup and repeated blanks."""
    text = text[: 4 * _LONGEST]
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _BETWEEN.sub(" ", folded).strip()[:_LONGEST] or folded.strip()[:_LONGEST]


def _signature(text: str, factors: np.ndarray) -> np.ndarray:
    """Return the least hash of all pieces of a text, for each of several hash functions; uint32."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    hashed = np.zeros(len(letters) - _PIECE + 1, dtype=np.uint64)
    for at in range(_PIECE):
        hashed = (hashed ^ letters[at : at + len(hashed)]) * _FACTOR
        hashed ^= hashed >> np.uint64(29)
    mixed = hashed[:, None] * factors[None, :]
    return (mixed >> np.uint64(32)).min(axis=0).astype(np.uint32)


def _links(texts: list[str], *, most: int) -> list[tuple[int, int]]:
    """Return pairs of nearly equal texts; patterns that more than ``most`` texts follow link none."""
    factors = np.random.default_rng(0).integers(1, 2**63, _HASHES, dtype=np.uint64) | np.uint64(1)
    signatures = np.array([_signature(text, factors) for text in texts], dtype=np.uint32).reshape(-1, _HASHES)
    links: list[tuple[int, int]] = []
    for band in range(0, _HASHES, _BAND):
        keys = np.ascontiguousarray(signatures[:, band : band + _BAND]).view(f"V{4 * _BAND}").ravel()
        order = np.argsort(keys, kind="stable")
        ends = np.flatnonzero(np.append(keys[order][1:] != keys[order][:-1], True)) + 1
        for start, end in zip(np.append(0, ends[:-1]), ends, strict=True):
            if 2 <= end - start <= most:
                links += _similar(order[start:end], signatures)
    return links


def _similar(group: np.ndarray, signatures: np.ndarray) -> list[tuple[int, int]]:
    """Return a link from each text of a group to the first one that it is nearly equal to."""
    links = []
    for at, one in enumerate(group[1:], start=1):
        shares = (signatures[group[:at]] == signatures[one]).mean(axis=1)
        if (near := np.flatnonzero(shares >= _SIMILAR)).size:
            links.append((int(one), int(group[near[0]])))
    return links


def _root(parent: np.ndarray, at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = int(parent[at])
    return at
