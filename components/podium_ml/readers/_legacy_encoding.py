"""Guessing the encoding of text that is older than UTF-8, from how probable its letters are in each language."""

import re
from typing import NamedTuple

_CANDIDATES = (
    *("cp1252", "iso8859-1", "iso8859-15", "cp1250", "iso8859-2", "cp1254", "iso8859-9", "cp1257"),
    *("cp1251", "koi8-r", "koi8-u", "cp1253", "iso8859-7", "cp1255", "iso8859-8", "cp1256", "iso8859-6"),
    *("cp932", "euc_jis_2004", "gb18030", "big5hkscs", "cp949", "cp874"),
    *("mac-roman", "mac-cyrillic", "cp850", "cp852", "cp866"),
)
_FREQUENCY = {"cp1252": 1.5, "iso8859-1": 1.5, "cp852": 0.8}
"""How much more often tables are in some encodings than the letters alone say."""
_SELDOM = 0.6
"""The same for Cyrillic with letters that most of its languages lack."""
_MIXES = 0.1
"""The same for texts with words of Latin letters and of others."""
_CLOSE = 0.7
"""The share of the best guess's probability from which another one is told as well."""
_CONTROLS = re.compile(r"[\x80-\x9f]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]{2}")
# Capitals and symbols inside lowercase words, which no language writes.
_ODD = re.compile(r"(?<=[a-z])[^\x00-\x7f](?<=[^\W\d_a-zß-öø-ÿœšžÿ])|(?<=[a-z])[¡-ªµ-¿](?=[a-z])")
# The capitals of Mac's Cyrillic are at the places of these in Windows'.
_RARE = re.compile("[ЂЃѓЉЊЌЋЏђљњќћџ]")
_OTHERS = "\u0370-\u06ff\u0e00-\u0e7f"  # Greek to Arabic, and Thai
_MIXED = re.compile(f"[a-zA-Z][{_OTHERS}]|[{_OTHERS}][a-zA-Z]")
_WORD = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*")


class Guess(NamedTuple):
    """The encoding that a text is probably in, and another that is nearly as probable.

    Attributes:
        name: Python's name for the encoding.
        rival: The other encoding, or an empty string if there is none.
        words: A word as the first and as the other encoding reads it; empty if there is no other.
    """

    name: str
    rival: str = ""
    words: tuple[str, str] = ("", "")


def guess_encoding(sample: bytes) -> Guess:
    """Return the encoding in which the letters of a text, which is not UTF-8, are most probable."""
    texts = {name: text for name in _CANDIDATES if (text := _decode(sample, name))}
    weights = _weights(sample, texts)
    if not weights:
        return Guess("cp1252" if "cp1252" in texts else "latin-1")
    best = max(weights, key=weights.__getitem__)
    name = next(one for one, text in texts.items() if text == texts[best])
    others = [one for one in weights if texts[one] != texts[best]]
    rival = max(others, key=weights.__getitem__, default="")
    if not rival or weights[rival] < _CLOSE * weights[best]:
        return Guess(name)
    return Guess(name, rival, _read_by_both(texts[name], name, rival))


def _decode(sample: bytes, name: str) -> str:
    """Return the text in this encoding, or an empty string if it would hold what no such text holds."""
    text = sample.decode(name, errors="replace")
    if name == "gb18030" and _KANA.search(text):  # Japanese, whose encodings put kana at the same place
        return ""
    # The sample may begin and end within a character.
    return "" if "\ufffd" in text[2:-2] or _CONTROLS.search(text) else text


def _weights(sample: bytes, texts: dict[str, str]) -> dict[str, float]:
    from chardet import detect_all

    found = detect_all(sample, ignore_threshold=True, include_encodings=_CANDIDATES, compat_names=False)
    weights: dict[str, float] = {}
    for one in found:
        name = one["encoding"] or ""
        if name in texts:
            weight = one["confidence"] * _frequency(name, texts[name])
            weights[name] = max(weight, weights.get(name, 0.0))
    return weights


def _frequency(name: str, text: str) -> float:
    frequency = _FREQUENCY.get(name, 1.0)
    if 2 * len(_MIXED.findall(text)) > len(_WORD.findall(text)):
        return _MIXES * frequency
    if _ODD.search(text):
        return min(1.0, frequency)
    return _SELDOM * frequency if _RARE.search(text) else frequency


def _read_by_both(text: str, name: str, rival: str) -> tuple[str, str]:
    """Return the first word of the text that two encodings read differently, as each of them reads it."""
    for word in _WORD.findall(text):
        other = word.encode(name).decode(rival, errors="replace")
        if other != word:
            return word, other
    return ("", "")
