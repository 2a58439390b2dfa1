"""The grammar of numbers as people write them: ``1,234.5``, ``12%``, ``$ -5``, ``(5)``, ``3k``, ``47.1 kg``.

What is accepted has one meaning. Marks between digits group three of them, or two as in India, always with the same
mark, so ``10.1.11.1`` and ``555 12 34`` are no numbers. What follows the digits is the unit, which belongs to the
value: ``5 kg`` and ``5 %`` are not the same.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from podium_ml.values.digits import plain_digits
from podium_ml.values.month_names import is_month_and_year

_SYMBOLS = "$€£¥₹₽₩₺₴₫฿₪₱"
_CURRENCIES = {
    **{"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "inr": "₹", "rub": "₽", "krw": "₩", "try": "₺", "rs": "₹"},
    **{name: name for name in ("chf", "cny", "rmb", "aud", "cad", "nzd", "hkd", "sgd", "brl", "mxn", "zar")},
    **{name: name for name in ("sek", "nok", "dkk", "pln", "czk", "huf", "ron", "kr", "fr")},
    **{"us$": "$", "r$": "brl", "a$": "aud", "c$": "cad", "hk$": "hkd", "nz$": "nzd", "s$": "sgd"},
    **{symbol: symbol for symbol in _SYMBOLS},
}  # fmt: skip
_CURRENCY = rf"(?:[A-Za-z]{{0,2}}\$|[{_SYMBOLS}]|(?:{'|'.join(k for k in _CURRENCIES if k.isalpha())})(?![A-Za-z])\.?)"
_POWERS = {"k": 3, "m": 6, "mn": 6, "mio": 6, "b": 9, "bn": 9, "mrd": 9}
_TAIL = re.compile(rf"(k|mn?|mio\.?|bn?|mrd\.?)?\s*({_CURRENCY})?", re.IGNORECASE)
_UNIT = re.compile(r"[^\W\d_]{1,15}|[%‰°µ\"'][^\W_]*|[^\W\d_][\w/²³·.^% -]{0,15}")
_BLANKS = re.compile(r"[\s\u00a0\u2009\u202f]+")
# What makes a number before it a day, a time of day, or the day of 20240131T1530.
_MOMENTS = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b.*|[ap]\.?m\.?|t\d{4,}z?",
    re.IGNORECASE,
)
_PADDED = re.compile(r"\s*0[0-9]")
_LIKE_POWER = re.compile(r"\s*[1-9][0-9]*[1-9]e[0-9]{1,3}\s*$", re.IGNORECASE)
_SURE_NUMBER = re.compile(r"[0-9][.,][0-9]|[0-9]e[-+][0-9]", re.IGNORECASE)
_LONGEST = 60


def _pattern(decimal: str) -> re.Pattern[str]:
    other = "," if decimal == "." else "."
    indian = "|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}" if decimal == "." else ""
    return re.compile(
        rf"""(?P<open>\()?\s?
        (?P<sign>[-+])?\s?(?P<currency>{_CURRENCY})?\s?(?P<inner>[-+])?\s?
        (?=[.,]?[0-9])
        (?P<whole>[1-9][0-9]{{0,2}}(?P<mark>[ _'’{other}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*
            {indian}|[0-9]+)?
        (?:\{decimal}(?P<fraction>[0-9]*))?
        (?:e(?P<power>[-+]?[0-9]{{1,3}}))?
        (?P<tail>[^0-9-].*?)??
        (?P<trailing>-)?\s?(?P<close>\))?""",
        re.VERBOSE | re.IGNORECASE,
    )


_PATTERNS = {decimal: _pattern(decimal) for decimal in (".", ",")}


class WrittenNumber(NamedTuple):
    """A number in text.

    Attributes:
        digits: The number as Python writes it, exact; for ``float`` and ``Decimal``.
        unit: What it counts or measures: a currency, ``%``, ``kg``; empty for a plain number.
    """

    digits: str
    unit: str


def parse_number(text: str, *, decimal: str = ".") -> WrittenNumber | None:
    """Return the number and its unit, or ``None`` if the text is not a number.

    >>> parse_number("$ -1,234.5"), parse_number("47,1 kg", decimal=",")
    (WrittenNumber(digits='-1234.5e0', unit='$'), WrittenNumber(digits='47.1e0', unit='kg'))
    >>> parse_number("2.5M €"), parse_number("10.1.11.1"), parse_number("10.1.11.1", decimal=",")
    (WrittenNumber(digits='2.5e6', unit='€'), None, None)
    """
    if len(text) > _LONGEST:
        return None
    match = _PATTERNS[decimal].fullmatch(_BLANKS.sub(" ", plain_digits(text, decimal=decimal).strip()))
    if match is None or (match["open"] is None) != (match["close"] is None):
        return None
    signs = [match[place] for place in ("sign", "inner", "trailing") if match[place]]
    power, unit = _read_tail(match["tail"] or "", currency=match["currency"])
    if len(signs) > 1 or unit is None:
        return None
    whole = re.sub("[^0-9]", "", match["whole"] or "") or "0"
    minus = "-" if signs == ["-"] or match["open"] else ""
    return WrittenNumber(
        f"{minus}{whole}.{match['fraction'] or 0}e{int(match['power'] or 0) + power}".replace(".0e", "e"),
        unit,
    )


def is_currency(unit: str) -> bool:
    """Whether a unit is money."""
    return unit in _CURRENCIES.values()


def are_codes(texts: Collection[str]) -> bool:
    """Whether some of the texts are codes that only look like numbers: ``007``, or ``12e3`` where none has decimals.

    No program writes 12,000 as ``12e3``, though some write 100,000 as ``1e5``.

    >>> are_codes(["007", "12"]), are_codes(["0.7", "0"]), are_codes(["12e3", "45"]), are_codes(["1e5", "10e3"])
    (True, False, True, False)
    """
    if any(map(_PADDED.match, texts)):
        return True
    return any(map(_LIKE_POWER.match, texts)) and not any(map(_SURE_NUMBER.search, texts))


def _read_tail(tail: str, *, currency: str | None) -> tuple[int, str | None]:
    """Return the power of ten and the unit behind the digits; no unit if it cannot be one."""
    stripped = tail.strip()
    found = _TAIL.fullmatch(stripped)
    if found and not (stripped == "m" and tail.startswith(" ")):  # 1.8 m are metres
        if currency and found[2]:
            return 0, None
        power = _POWERS[found[1].rstrip(".").lower()] if found[1] else 0
        return power, _currency(currency or found[2] or "")
    if currency or not _UNIT.fullmatch(stripped):
        return 0, None
    if _MOMENTS.fullmatch(stripped) or is_month_and_year(stripped):
        return 0, None
    return 0, _unit(stripped)


def _currency(text: str) -> str:
    name = text.rstrip(".").lower()
    return _CURRENCIES.get(name, name)


def _unit(text: str) -> str:
    """Return one form for the spellings of a unit: words in the singular and in small letters.

    Symbols keep their case: ``mW`` and ``MW`` differ.
    """
    text = text.rstrip(".")
    if len(text) < 4 or not text.isalpha():
        return text
    return text.casefold().removesuffix("s")
