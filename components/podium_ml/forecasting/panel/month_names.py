"""Names of months in the languages that columns of times are written in."""

import re
from collections.abc import Iterable, Sequence

from podium_ml.values.month_names import ENGLISH, MONTHS

_WORD = re.compile(r"([^\W\d_]+)(\.?)")
# A weekday before a date, such as "So, 01.01.2023" and "lunes, 5 de enero de 2020".
_WEEKDAY = re.compile(
    r"^[^\W\d_]{2,}[.,]{0,2}\s+(?=\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]+[.,]?\s+(?:de\s+)?\d{2,4})"
)
# Dates of SAS, such as 01JAN2023 and 01JAN2023:14:30:00.
_JOINED = re.compile(r"^(\d{1,2})([^\W\d_]{3,})(\d{4})(?::(?=\d{2}:))?")
_COMMA = re.compile(r"^([^\W\d_]+\.?),(?=\s+\d{4}$)")
_OF = re.compile(r"\s+(?:de|del)\s+", re.IGNORECASE)


def in_english(text: str) -> str:
    """Return a date with the English abbreviation of its month, and without its weekday.

    >>> [in_english(text) for text in ("1. März 2020", "5 de enero de 2020", "Di, 3.1.2020", "Mar 5, 2020")]
    ['1. Mar 2020', '5 Jan 2020', '3.1.2020', 'Mar 5, 2020']
    """
    apart = _COMMA.sub(r"\1", _JOINED.sub(r"\1 \2 \3 ", _WEEKDAY.sub("", text)).strip())
    return _WORD.sub(_translated, _OF.sub(" ", apart))


def _translated(found: re.Match[str]) -> str:
    return MONTHS.get(found[1].casefold(), found[0])


def own_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return how texts write the twelve months, from January on; nothing if one is missing, or written in two ways.

    >>> own_names(f"{name} 2020" for name in "ENE FEB MAR ABR MAY JUN JUL AGO SEP OCT NOV DIC".split())[:2]
    ('ENE', 'FEB')
    """
    found: dict[str, set[str]] = {name: set() for name in ENGLISH}
    for text in texts:
        for word in _WORD.finditer(text):
            english = _translated(word).title()
            if english in found:
                found[english].add(word[0])
    return (
        tuple(next(iter(one)) for one in found.values())
        if all(len(one) == 1 for one in found.values())
        else ()
    )


def in_own_words(text: str, names: Sequence[str]) -> str:
    """Return a date with its English abbreviation of a month replaced by what ``own_names`` found."""
    return _WORD.sub(
        lambda found: names[ENGLISH.index(found[0])] if names and found[0] in ENGLISH else found[0], text
    )
