"""Totals and notes below a table."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from podium_ml.readers._cells import Row, filled, is_filled, is_missing, is_value, plain, width
from podium_ml.values.numbers import read_number

TAIL_ROWS = 60

_TOTAL = re.compile(
    r"((grand|sub|over-?all|net|gross)[ -]?)?totals?( \w+){0,2}|sums?|sum total|summe|gesamt(summe|ergebnis)?|insgesamt"
    r"|zwischensumme|somme|suma|totale?( g[eé]n[eé]ral[e]?)?|totaal|summa|razem|celkem|toplam|yhteensä|итого|всего"
    r"|合計|总计|總計|小计|小計|합계"
)
_STATISTIC = re.compile(
    r"averages?|avg|means?|median|min(imum)?|max(imum)?|std(\.? ?dev(iation)?)?|counts?|n"
    r"|mittelwert|durchschnitt|anzahl"
)
_NOTE = re.compile(
    r"([*†‡§©]|\(c\)|\(\*\)|\(?\d{1,2}\) )"
    r"|(sources?|notes?|n\.?b|remarks?|quellen?|anmerkung(en)?|hinweise?|legende?|fuentes?|notas?|remarques?|fonte"
    r"|footnotes?|disclaimer|copyright|exported|generated|created|printed|downloaded|retrieved|produced|prepared"
    r"|erstellt|exportiert|stand|page|seite|(last )?updated?|as of|data (from|as of|source)|end of|rows?:|records?:)\b"
    r"|\(?\d+ (rows?|records?)( (affected|selected|returned|fetched|in set))?\b",
    re.IGNORECASE,
)
_LONG = 5
_MOSTLY = 0.9
_CLOSE = 1e-3

Sums = Callable[[], dict[int, float]]
"""Returns the sum of each column of values over all rows of the file, by position."""


@dataclass(frozen=True)
class Body:
    """What the rows of a table look like.

    Attributes:
        columns: Number of columns.
        measured: Positions of the columns that hold values.
        full: Positions of the columns that are hardly ever empty.
        always: Positions of the columns that are never empty.
        wordy: Positions of the columns that hold sentences.
        words: Words that occur in the columns, by position, in lower case.
    """

    columns: int
    measured: frozenset[int]
    full: frozenset[int]
    always: frozenset[int]
    wordy: frozenset[int]
    words: dict[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def describe(cls, rows: Sequence[Row], columns: int, measured: set[int]) -> "Body":
        """Describe a table by some of its rows."""
        full, always, wordy, words = set(), set(), set(), {}
        for at in range(columns):
            cells = [row[at] if at < len(row) else None for row in rows]
            present = [plain(cell) for cell in cells if is_filled(cell)]
            if len(present) >= _MOSTLY * len(cells):
                full.add(at)
            if len(present) == len(cells):
                always.add(at)
            if at not in measured:
                words[at] = frozenset(cell.casefold() for cell in present)
                if any(len(cell.split()) >= _LONG for cell in present):
                    wordy.add(at)
        return cls(columns, frozenset(measured), frozenset(full), frozenset(always), frozenset(wordy), words)


@dataclass(frozen=True)
class Footer:
    """What is below a table.

    Attributes:
        rows: Number of the last rows that are totals and notes; they may include blank rows.
        doubtful: The last row if it is labelled as a total, but nothing else says that it is one.
    """

    rows: int = 0
    doubtful: Row | None = None


def find_footer(tail: Sequence[Row], body: Body, *, sums: Sums) -> Footer:
    """Find totals and notes among the last rows.

    A row is a total only if its label says so and there is more evidence: a blank row before it, a note after it,
    columns that are never empty elsewhere, or numbers that are the sums. So a last row about a company called
    Total stays.

    Args:
        tail: The last rows, blank ones included; those with another number of cells than the table are there too.
        body: What other rows of the table look like.
        sums: Called if nothing else decides.
    """
    start = len(tail)
    while start and (not filled(tail[start - 1]) or _may_be_footer(tail[start - 1], body)):
        start -= 1
    for at in range(start, len(tail)):
        if filled(tail[at]) and _begins_footer(tail, at, body, sums):
            return Footer(len(tail) - at)
    last = next((at for at in reversed(range(len(tail))) if filled(tail[at])), 0)
    is_doubtful = bool(tail) and _TOTAL.fullmatch(_label(tail[last])) and _is_total(tail[last], body)
    return Footer(doubtful=tail[last] if is_doubtful and not _is_category(tail, last, body) else None)


def _is_category(tail: Sequence[Row], at: int, body: Body) -> bool:
    """Whether the label of a row occurs in other rows too."""
    label, place = _label(tail[at]), _place(tail[at])
    return label in body.words.get(place, ()) or any(_label(one) == label for one in tail[:at])


def resembles_footer(row: Row) -> bool:
    """Whether a row is like totals and notes by itself, without knowing the table."""
    cells, label = filled(row), _label(row)
    is_labelled = any(one.fullmatch(label) for one in (_TOTAL, _STATISTIC)) or _begins_like_a_note(label)
    return len(cells) == 1 or is_labelled


def _may_be_footer(row: Row, body: Body) -> bool:
    return _is_note(row, body) or _is_total(row, body) or _is_unlabelled(row, body)


def _begins_footer(tail: Sequence[Row], at: int, body: Body, sums: Sums) -> bool:
    row, after = tail[at], [one for one in tail[at + 1 :] if filled(one)]
    has_gap = at > 0 and not filled(tail[at - 1])
    if _is_note(row, body):
        is_label = _TOTAL.fullmatch(_label(row)) is not None
        has_evidence = is_label and (_place(row) in body.measured or _has_note(tail, at + 1, body))
        return has_gap or has_evidence or _is_sure_note(row, body)
    if _is_unlabelled(row, body):
        return has_gap and _is_sum(row, after, body, sums)
    if _is_category(tail, at, body):
        return False
    if has_gap or _has_note(tail, at + 1, body):
        return True
    if _STATISTIC.fullmatch(_label(row)):
        return False
    return _is_incomplete(row, body) or _is_sum(row, after, body, sums)


def _has_note(tail: Sequence[Row], start: int, body: Body) -> bool:
    """Whether a row from here on is certainly a note."""
    return any(
        _is_sure_note(tail[at], body) or (_is_note(tail[at], body) and not filled(tail[at - 1]))
        for at in range(start, len(tail))
    )


def _is_note(row: Row, body: Body) -> bool:
    """Whether a row could be a sentence below the table instead of a row of it."""
    cells = filled(row)
    if not cells or not isinstance(cells[0], str) or body.columns < 2:
        return False
    if is_value(cells[0]) and not _begins_like_a_note(cells[0]):
        return False
    if len(cells) == 1:
        is_worded = len(cells[0].split()) > 1 or bool(_TOTAL.fullmatch(_label(row)))
        return is_worded and bool(body.full - {_place(row)})
    # A sentence with commas makes several cells.
    return _begins_like_a_note(cells[0]) and _is_out_of_place(row, body)


def _is_sure_note(row: Row, body: Body) -> bool:
    """Whether a row is a sentence below the table, even if no blank row is between them."""
    place = _place(row)
    text = plain(row[place]) if row else ""
    if not _is_note(row, body) or place in body.wordy or text.casefold() in body.words.get(place, ()):
        return False
    return _begins_like_a_note(text) or len(text.split()) >= _LONG


def _begins_like_a_note(text: str) -> bool:
    return bool(_NOTE.match(text.strip())) and len(text.split()) > 1


def _is_out_of_place(row: Row, body: Body) -> bool:
    """Whether a row has another number of cells than the table, or words where it has values."""
    if len(row) != body.columns:
        return True
    held = [row[at] for at in body.measured if not is_missing(row[at])]
    return bool(held) and not any(map(is_value, held))


def _is_total(row: Row, body: Body) -> bool:
    """Whether a row has a label of totals or statistics, and numbers."""
    cells = filled(row)
    if len(cells) < 2 or len(row) > body.columns:
        return False
    label = _label(row)
    is_labelled = _TOTAL.fullmatch(label) or _STATISTIC.fullmatch(label)
    return bool(is_labelled) and sum(map(is_value, cells)) == len(cells) - 1


def _is_unlabelled(row: Row, body: Body) -> bool:
    """Whether a row has numbers alone, in a table with words."""
    words = body.full - body.measured
    return (
        bool(words)
        and len(row) <= body.columns
        and all(map(is_value, filled(row)))
        and not any(is_filled(row[at]) for at in words if at < len(row))
    )


def _is_incomplete(row: Row, body: Body) -> bool:
    """Whether a label stands among values, or a column is empty here that is never empty in the table."""
    place = _place(row)
    complete = (body.full - body.measured) | body.always
    is_empty = any(at >= len(row) or not is_filled(row[at]) for at in complete - {place})
    return place in body.measured or is_empty


def _is_sum(row: Row, after: list[Row], body: Body, sums: Sums) -> bool:
    """Whether a number of the row is the sum of the numbers above it."""
    totals = sums()
    for at in body.measured:
        if at >= len(row) or at not in totals or not is_value(row[at]):
            continue
        own = number(row[at])
        others = sum(number(one[at]) for one in after if at < len(one) and is_value(one[at]))
        expected = totals[at] - own - others
        if own and math.isclose(own, expected, rel_tol=_CLOSE):
            return True
    return False


def number(cell: Any) -> float:
    """Return a cell as a number; NaN if it is none."""
    if isinstance(cell, str):
        read = read_number(cell)
        return read_number(cell, decimal=",") if math.isnan(read) else read
    return float(cell) if isinstance(cell, int | float) else math.nan


def _label(row: Row) -> str:
    cell = row[_place(row)] if filled(row) else ""
    return plain(cell).rstrip(":").strip().casefold()


def _place(row: Row) -> int:
    """Return the position of the first word of a row, or of its first cell if it has only values."""
    held = [at for at in range(width(row)) if is_filled(row[at])]
    return next((at for at in held if not is_value(row[at])), held[0] if held else 0)
