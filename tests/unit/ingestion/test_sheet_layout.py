"""Tests of workbooks in which more than the table is written."""

import datetime
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.unit.ingestion.ingesting import Ingest

Rows = list[list[Any]]
NAMES = ["x", "region", "sales"]
ROWS: Rows = [[n / 4, "north" if n % 3 else "south", n * 2] for n in range(1, 41)]
TOTAL = sum(n * 2 for n in range(1, 41))


@pytest.fixture
def save(tmp_path: Path):
    def save_workbook(
        *sheets: Rows, titles: Sequence[str] = "abcdef", hidden: str = "", merged: tuple[str, ...] = ()
    ) -> str:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in zip(titles, sheets, strict=False):
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
            sheet.sheet_state = "hidden" if title in hidden else "visible"
        for cells in merged:
            book.worksheets[0].merge_cells(cells)
        book.save(tmp_path / "a.xlsx")
        return str(tmp_path / "a.xlsx")

    return save_workbook


def values(ingest: Ingest, source: str, **options: Any) -> Rows:
    return ingest.frame(source, **options).values.tolist()


@pytest.mark.parametrize(
    "above",
    [
        [["Sales report 2024"], []],
        [["Sales report 2024"]],
        [["Report", "Sales"], ["Date", datetime.datetime(2024, 1, 31)], [], []],
        [["[m]", None, "[EUR]"]],
        [[], ["# made by hand"]],
    ],
)
def test_what_is_above_the_names_is_left_out_and_told(ingest: Ingest, save, above: Rows) -> None:
    source = save([*above, NAMES, *ROWS])
    assert values(ingest, source) == ROWS
    (told,) = ingest(source).warnings
    assert f"in row {len(above) + 1}" in told


@pytest.mark.parametrize(
    "units", [["[kg]", None, "[EUR]"], ["kg", "-", "€"], ["how long", "where", "how much"]]
)
def test_units_below_the_names_are_left_out_and_told(ingest: Ingest, save, units: list[Any]) -> None:
    source = save([NAMES, units, *ROWS])
    assert values(ingest, source) == ROWS
    assert units[0] in ingest(source).warnings[0]


@pytest.mark.parametrize(
    "first", [[None, "m", None], ["n/a", "north", "n/a"], [None, "kg", 5], [7, None, None]]
)
def test_first_row_of_data_is_kept(ingest: Ingest, save, first: list[Any]) -> None:
    table = ingest(save([NAMES, first, *ROWS]))
    assert table.rows == 41
    assert not table.warnings


@pytest.mark.parametrize(
    "below",
    [
        [[None, "Grand total", TOTAL]],
        [[], [None, "Grand total", 7567.49], ["Source: ERP export, run by system"]],
        [["Total"], ["Source: a register"]],
        [[], ["These numbers are not final"]],
        [[], [None, None, TOTAL]],
        [["Total", None, 5]],
    ],
)
def test_totals_and_notes_are_left_out_and_told(ingest: Ingest, save, below: Rows) -> None:
    source = save([NAMES, *ROWS, *below])
    assert values(ingest, source) == ROWS
    assert "totals or notes" in ingest(source).warnings[0]


@pytest.mark.parametrize("last", [[1, "north", 12], [None, "north", None], [7, None, None]])
def test_last_row_of_data_is_kept(ingest: Ingest, save, last: list[Any]) -> None:
    table = ingest(save([NAMES, *ROWS, last]))
    assert table.rows == 41
    assert not table.warnings


def test_repeated_names_are_left_out(ingest: Ingest, save) -> None:
    source = save([NAMES, *ROWS, [], NAMES, *ROWS])
    assert values(ingest, source) == ROWS * 2
    assert "1 row with the column names once more" in ingest(source).warnings[0]


def test_extra_rows_are_kept_on_demand(ingest: Ingest, save) -> None:
    source = save([NAMES, ["[kg]", None, "[EUR]"], *ROWS, NAMES, *ROWS, [None, "Grand total", TOTAL]])
    assert ingest(source, extra_rows="keep").rows == 83


def test_header_row_and_skip_rows(ingest: Ingest, save) -> None:
    source = save([["p", "q", "r"], [1, "x", 2], NAMES, *ROWS])
    assert values(ingest, source, header_row=3) == ROWS
    assert values(ingest, source, skip_rows=2) == ROWS
    assert "is empty" in ingest.refusal(source, header_row=90).message


def test_value_without_column_name_says_what_to_do(ingest: Ingest, save) -> None:
    error = ingest.refusal(save([["a", "b"], *ROWS]))
    assert "row 1" in error.hint
    assert "--header-row" in error.hint


def test_hidden_sheet_is_passed_over_and_told(ingest: Ingest, save) -> None:
    source = save([NAMES, *ROWS[:5]], [NAMES, *ROWS], titles=["old", "new"], hidden="old")
    assert values(ingest, source) == ROWS
    assert "hidden: 'old'" in ingest(source).warnings[0]
    assert values(ingest, source, sheet="old") == ROWS[:5]


def test_sheet_of_notes_is_passed_over_and_told(ingest: Ingest, save) -> None:
    notes = [["About this workbook"], [], ["The sheet b holds the data."], ["Ask Ann."]]
    source = save(notes, [NAMES, *ROWS], [["z", "w"], [1, 2]], [])
    assert values(ingest, source) == ROWS
    (told,) = ingest(source).warnings
    assert "'a', 'c'" in told
    assert "'d'" not in told


def test_description_of_the_columns_is_passed_over(ingest: Ingest, save) -> None:
    described = [["column", "meaning"], ["x", "length"], ["region", "where"], ["sales", "how much"]]
    assert values(ingest, save(described, [NAMES, *ROWS])) == ROWS
    assert len(values(ingest, save(described))) == 3


def test_small_sheet_about_the_workbook_is_passed_over(ingest: Ingest, save) -> None:
    about = [["Author", "Ann"], ["Made", "2024-01-31"], ["Status", "final"]]
    assert values(ingest, save(about, [NAMES, *ROWS], titles=["Read me", "b"])) == ROWS
    assert values(ingest, save([NAMES, *ROWS], [NAMES, *ROWS[:5]], titles=["Index", "b"])) == ROWS


def test_table_that_begins_in_another_column(ingest: Ingest, save) -> None:
    source = save([[None] * 3 + row for row in [["Sales report"], [], NAMES, *ROWS, [None, "Total", 9]]])
    table = ingest(source)
    assert [column.name for column in table.columns] == NAMES
    assert values(ingest, source) == ROWS


def test_first_table_is_read_even_if_another_is_larger(ingest: Ingest, save) -> None:
    assert values(ingest, save([NAMES, *ROWS[:5]], [NAMES, *ROWS])) == ROWS[:5]


def test_formulas_without_stored_results_are_told(ingest: Ingest, save) -> None:
    rows = [[*row, f"=A{at}*2"] for at, row in enumerate(ROWS, start=2)]
    rows[3][2] = "=A5"
    table = ingest(save([[*NAMES, "double"], *rows]))
    assert "column 'double': 40 formulas have no stored result" in " ".join(table.warnings)
    assert "column 'sales': 1 formula has no stored result" in " ".join(table.warnings)


def test_stored_results_are_not_told(ingest: Ingest, save) -> None:
    assert not ingest(save([NAMES, *ROWS, [1, "=", 2]])).warnings


def test_merged_cells_count_for_all_their_rows(ingest: Ingest, save) -> None:
    rows = [["north" if not at % 4 else None, at, 2 * at] for at in range(20)]
    merged = tuple(f"A{at}:A{at + 3}" for at in range(2, 22, 4))
    frame = ingest.frame(save([["region", "x", "y"], *rows], merged=merged))
    assert frame["region"].tolist() == ["north"] * 20


def test_title_over_merged_cells(ingest: Ingest, save) -> None:
    source = save([["Sales report"], NAMES, *ROWS], merged=("A1:C1",))
    assert values(ingest, source) == ROWS


def test_large_sheet_streams_in_batches(ingest: Ingest, save) -> None:
    rows = list(itertools.islice(itertools.cycle(ROWS), 9_000))
    source = save([["Title of it"], NAMES, *rows, [None, "Total", 1], ["Source: a register"]])
    assert ingest(source).rows == 9_000
