"""Rows of Python values: what is no data is left out while they stream by."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from podium_ml.readers._cells import Row, filled, measured_columns, plain
from podium_ml.readers._footer import TAIL_ROWS, Body, Footer, Sums, find_footer, resembles_footer
from podium_ml.readers._layout import folded_row


@dataclass
class LeftOut:
    """Rows that are no data, as they are found.

    Attributes:
        repeats: Number of rows that repeat the column names.
        comments: Number of comments among the rows.
        footer: Totals and notes below the table.
        doubtful: A last row that was kept although it may be a total.
    """

    repeats: int = 0
    comments: int = 0
    footer: list[Row] = field(default_factory=list)
    doubtful: Row | None = None


def data_rows(
    rows: Iterable[Row], names: Sequence[str], left_out: LeftOut, *, known: Iterable[Row] = ()
) -> Iterator[Row]:
    """Return the rows of a table without blank ones, repeated column names, totals and notes.

    Args:
        rows: Rows below the column names, blank ones included.
        names: The column names.
        left_out: Gets what is left out; complete when all rows have been read.
        known: Rows above the data, which are left out where they are repeated.
    """
    repeated = folded_row(names)
    others = [folded_row(row) for row in known]
    held: deque[Row] = deque()
    sample: list[Row] = []
    sums = _RunningSums(len(names))
    for row in rows:
        if len(names) > 1 and _begins_like(row, repeated, others):
            texts = folded_row(row)
            if texts == repeated or texts in others:
                left_out.repeats += texts == repeated
                continue
        held.append(row)
        sums.add(row)
        if len(sample) < 4 * TAIL_ROWS and filled(row):
            sample.append(row)
        if len(held) > TAIL_ROWS:
            first = held.popleft()
            if filled(first):
                yield first
    footer = footer_of(list(held), sample, len(names), sums=sums.of)
    left_out.footer = [row for row in islice(held, len(held) - footer.rows, None) if filled(row)]
    left_out.doubtful = footer.doubtful
    yield from (row for row in islice(held, len(held) - footer.rows) if filled(row))


def _begins_like(row: Row, repeated: list[str], others: list[list[str]]) -> bool:
    """Whether a row begins like a row above the data; quick."""
    first = plain(row[0]).casefold() if row else ""
    return first == repeated[0] or any(first == other[0] for other in others if other)


def footer_of(tail: list[Row], sample: list[Row], columns: int, *, sums: Sums) -> Footer:
    """Find totals and notes among the last rows.

    Args:
        tail: The last rows, blank ones included.
        sample: Other rows of the table, or the same ones if there are no others.
        columns: Number of columns.
        sums: See ``find_footer``.
    """
    if columns < 2 or _is_plain_end(tail, columns):
        return Footer()
    held = {tuple(row) for row in tail}
    body = [row for row in sample if tuple(row) not in held]
    if not body:  # A short table is described by its own rows, except the last ones, which may be no data.
        body = [row for row in tail if filled(row)]
        while len(body) > 1 and resembles_footer(body[-1]):
            body.pop()
    if not body:
        return Footer()
    if len(body) == 1:  # any number would be the sum
        sums = dict
    plain_rows = [row for row in body if not resembles_footer(row)] or body  # without subtotals
    described = Body.describe(plain_rows, columns, measured_columns(plain_rows, share=0.8))
    return find_footer(tail, described, sums=sums)


def _is_plain_end(tail: list[Row], columns: int) -> bool:
    """Whether the last row has a value in each column and no label of totals or notes; quick."""
    last = next((row for row in reversed(tail) if filled(row)), ())
    return len(last) == columns == len(filled(last)) and not resembles_footer(last)


class _RunningSums:
    """Sums of the numbers in each column."""

    def __init__(self, columns: int) -> None:
        self._sums = [0.0] * columns

    def add(self, row: Row) -> None:
        for at, cell in enumerate(row[: len(self._sums)]):
            with suppress(TypeError, ValueError):
                self._sums[at] += float(cell)

    def of(self) -> dict[int, float]:
        return dict(enumerate(self._sums))
