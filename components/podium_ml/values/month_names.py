"""Names of months in several languages, as dates in text have them: ``1. März 2019``, ``6 avr. 2019``, ``2019年3月``.

Names are those of Unicode CLDR, https://cldr.unicode.org.
"""

import re

ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""How months are abbreviated in English."""
# Names and abbreviations, from January to December; what several languages share stands once.
_NAMES = (
    "january januar janvier enero gennaio janeiro januari styczeń stycznia ene gen jän jänner janv sty"
    " январь января янв ocak oca leden ledna tammikuu január ianuarie",
    "february februar février febrero febbraio fevereiro februari luty lutego fév févr fev febr lut"
    " февраль февраля фев şubat şub únor února helmikuu február februarie",
    "march märz mars marzo março maart marzec marca marts mär mrz mrt"
    " март марта мар mart březen března maaliskuu március martie",
    "april avril abril aprile kwiecień kwietnia avr abr kwi"
    " апрель апреля апр nisan nis duben dubna huhtikuu április aprilie",
    "mai mayo maggio maio mei maj mag май мая mayıs mayis květen května toukokuu május",
    "june juni juin junio giugno junho czerwiec czerwca giu cze"
    " июнь июня июн haziran haz červen června kesäkuu június iunie",
    "july juli juillet julio luglio julho lipiec lipca juil lug lip"
    " июль июля июл temmuz tem červenec července heinäkuu július iulie",
    "august août agosto augustus augusti sierpień sierpnia ago aoû sie"
    " август августа авг ağustos agustos ağu srpen srpna elokuu augusztus",
    "september septembre septiembre settembre setembro wrzesień września sept set wrz"
    " сентябрь сентября сен eylül eyl září syyskuu szeptember septembrie",
    "october oktober octobre octubre ottobre outubro październik października okt ott out paź"
    " октябрь октября окт ekim eki říjen října lokakuu október octombrie",
    "november novembre noviembre novembro listopad listopada lis"
    " ноябрь ноября ноя kasım kasim kas marraskuu noiembrie",
    "december dezember décembre diciembre dicembre dezembro grudzień grudnia desember dez déc dic gru"
    " декабрь декабря дек aralık aralik ara prosinec prosince joulukuu decembrie",
)
MONTHS = {month.casefold(): month for month in ENGLISH} | {
    name: month for month, names in zip(ENGLISH, _NAMES, strict=True) for name in names.split()
}
"""The abbreviated English name by each name, which is in lower case."""
_WORD = re.compile(r"[^\W\d_]+\.?")
# The German word after a time of day.
_UHR = re.compile(r"\s+Uhr$")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|er|º|ª)\b", re.IGNORECASE)
# In "1 de marzo de 2019".
_OF = re.compile(r"\s+(?:de|del|of)\s+", re.IGNORECASE)
_EAST_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日일])?")
# Words such as "set 12" and "gen 12" are no months: there is a year of four digits, or a day and a year.
_DAY_AND_YEAR = re.compile(r"\d{4}|\d\D+\d")


def with_english_months(text: str) -> str:
    """Return a date in text with the abbreviated English name of its month, and its day as a number.

    Texts of other kinds mostly stay as they are; whoever reads them as dates looks at all of their parts.

    >>> with_english_months("1. März 2019"), with_english_months("March 1st, 2019"), with_english_months("2019年3月1日")
    ('1. Mar 2019', 'Mar 1, 2019', '2019-03-01')
    >>> with_english_months("gen 12"), with_english_months("6 avr. 2019"), with_english_months("3 de mayo de 2019")
    ('gen 12', '6 Apr 2019', '3 May 2019')
    """
    if not _DAY_AND_YEAR.search(text):
        return text
    text = _EAST_ASIAN.sub(lambda found: "-".join(part.zfill(2) for part in found.groups() if part), text)
    text = _UHR.sub("", text)
    named = _WORD.sub(_in_english, text)
    return _OF.sub(" ", _ORDINAL.sub(r"\1", named)) if _has_month(named) else text


def is_month_and_year(text: str) -> bool:
    """Whether a text names a month beside a number, as what follows a day does.

    >>> is_month_and_year("Oktober 2015"), is_month_and_year("set"), is_month_and_year("kg/m2")
    (True, False, False)
    """
    return any(letter.isdigit() for letter in text) and _has_month(_WORD.sub(_in_english, text))


def _in_english(found: re.Match[str]) -> str:
    return MONTHS.get(found[0].rstrip(".").casefold(), found[0])


def _has_month(text: str) -> bool:
    return any(word.rstrip(".").capitalize() in ENGLISH for word in _WORD.findall(text))
