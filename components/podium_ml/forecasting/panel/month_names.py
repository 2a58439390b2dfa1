"""Names of months in English, German, French, Spanish, Italian, Portuguese and Dutch."""

import re

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
