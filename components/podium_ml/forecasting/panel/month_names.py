"""Names of months in English, German, French, Spanish, Italian, Portuguese and Dutch."""

import re
from collections.abc import Iterable, Sequence

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FULL = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NAMES = (
    "januar jänner jän janvier janv enero ene gennaio gen janeiro januari",
    "februar februari février févr fév febrero febbraio fevereiro fev",
    "märz mär mrz mars marzo março maart mrt",
    "avril avr abril abr aprile",
    "mai mayo maggio mag maio mei",
    "juni juin junio giugno giu junho",
    "juli juillet juil julio luglio lug julho",
    "août aoû agosto ago augustus",
    "septembre sept septiembre settembre set setembro",
    "oktober okt octobre octubre ottobre ott outubro out",
    "novembre noviembre novembro",
    "dezember dez décembre déc diciembre dic dicembre dezembro",
)
_OF_NAME = {name: _ENGLISH[at] for at, names in enumerate(_NAMES) for name in (_FULL[at], *names.split())}
_WORD = re.compile(r"([^\W\d_]+)(\.?)")
_OF = re.compile(r"\s+(?:de|del)\s+", re.IGNORECASE)


def in_english(text: str) -> str:
    """Return a date with the English abbreviation of its month.

    >>> [in_english(text) for text in ("1. März 2020", "5 de enero de 2020", "janv. 2020", "Mar 5, 2020")]
    ['1. Mar 2020', '5 Jan 2020', 'Jan 2020', 'Mar 5, 2020']
    """
    return _WORD.sub(_translated, _OF.sub(" ", text))


def _translated(found: re.Match[str]) -> str:
    return _OF_NAME.get(found[1].casefold(), found[0])


def own_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return how texts write the twelve months, from January on; nothing if one is missing, or written in two ways.

    >>> own_names(f"{name} 2020" for name in "ENE FEB MAR ABR MAY JUN JUL AGO SEP OCT NOV DIC".split())[:2]
    ('ENE', 'FEB')
    """
    found: dict[str, set[str]] = {name: set() for name in _ENGLISH}
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
        lambda found: names[_ENGLISH.index(found[0])] if names and found[0] in _ENGLISH else found[0], text
    )
