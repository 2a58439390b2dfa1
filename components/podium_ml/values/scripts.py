"""The scripts that texts are written in."""

from collections import Counter
from collections.abc import Iterable

import regex

_NAMES = (
    "Latin",
    "Cyrillic",
    "Greek",
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Han",
    "Hiragana",
    "Katakana",
    "Hangul",
    "Thai",
)
_PATTERNS = {name: regex.compile(rf"\p{{{name}}}") for name in _NAMES}
_SOME, _LOOKED_AT = 0.02, 2_000


def shares_of_scripts(texts: Iterable[str]) -> dict[str, float]:
    """Return the share of the texts that are mostly in each script, the greatest first; without rare ones.

    >>> shares_of_scripts(["tea", "чай", "cake", "42"])
    {'Latin': 0.6666666666666666, 'Cyrillic': 0.3333333333333333}
    """
    counts: Counter[str] = Counter()
    for text, _ in zip(texts, range(_LOOKED_AT), strict=False):
        own = {name: len(pattern.findall(text)) for name, pattern in _PATTERNS.items()}
        if any(own.values()):
            counts[_joined(max(own, key=lambda name: own[name]))] += 1
    total = sum(counts.values())
    return {name: count / total for name, count in counts.most_common() if count >= _SOME * total}


def _joined(name: str) -> str:
    return "Japanese and Chinese" if name in ("Han", "Hiragana", "Katakana") else name
