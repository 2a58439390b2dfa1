"""Columns that hold parts of a time, such as a month or an hour beside a column of years or of days."""

import re
from collections.abc import Sequence

import pandas as pd

# Names of parts of a time, in the languages that columns are often named in.
_WORDS = (
    "year yr jahr año ano année annee anno jaar month mon monat mes mês mois mese maand quarter qtr quartal trimestre "
    "week wk woche semana semaine settimana day dd tag día dia jour giorno dag hour hr hh stunde hora heure ora uur "
    "he minute min mins minuto time uhrzeit"
)
_NAMES = frozenset(_WORDS.split())
_MOST_VALUES = 1500


def other_parts(table: pd.DataFrame, time_column: str) -> tuple[str, ...]:
    """Return the columns beside that of times whose names and values are parts of a time.

    Args:
        table: The rows.
        time_column: The column of times.
    """
    names = [str(name) for name in table.columns if str(name) != time_column]
    return tuple(name for name in names if is_part(name) and table[name].nunique() <= _MOST_VALUES)


def is_part(name: str) -> bool:
    """Whether a column is named as a part of a time.

    >>> is_part("Hour Ending"), is_part("price")
    (True, False)
    """
    words = re.split(r"[\W_]+", name.casefold().strip())
    return words[0] in _NAMES or words[-1] in _NAMES


def advice_to_join(time_column: str, others: Sequence[str]) -> str:
    """Return what to do with several columns that make a time."""
    *before, last = (f"'{name}'" for name in (time_column, *others))
    return (
        f"Columns {', '.join(before)} and {last} seem to be parts of one time: join them in one column, "
        "like 2024-03-10 14:00, and name it with --time-column."
    )
