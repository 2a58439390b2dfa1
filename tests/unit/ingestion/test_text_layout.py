"""Tests of text files in which more than the table is written: titles, units, totals, notes, repeated names."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium_ml.ingestion import ColumnHints, read_frame
from podium_ml.ingestion.labelled_rows import reader_of
from podium_ml.settings import ReaderOptions
from tests.unit.ingestion.ingesting import Ingest, Write

ROWS = "".join(f"{n / 4},{'north' if n % 3 else 'south'},{n * 2}\n" for n in range(1, 41))
NAMES = "x,region,sales\n"
TABLE = NAMES + ROWS
TOTAL = sum(n * 2 for n in range(1, 41))


def expected(ingest: Ingest, write: Write) -> dict[str, list[object]]:
    return ingest.frame(write("plain.csv", TABLE)).to_dict("list")


@pytest.mark.parametrize(
    "above",
    [
        "Sales report 2024\n\n",
        "Sales report 2024\n",
        "Report\n\n",
        "# exported by tool v1.2\n# units: EUR\n",
        "# exported, by, tool\n",
        "// made by hand\n",
        "Sales report 2024,,\n,,\n",
        "Sales of Ann, Bob\n",
        "Report:,Sales\nDate:,2024-01-31\nUnits:,EUR\n\n",
        "\n\nTitle of the report\nby Ann\n\n",
        "[m],,[EUR]\n",
    ],
)
def test_what_is_above_the_names_is_left_out_and_told(ingest: Ingest, write: Write, above: str) -> None:
    like = expected(ingest, write)
    table = ingest(write("a.csv", above + TABLE))
    assert ingest.frame(write("a.csv", above + TABLE)).to_dict("list") == like
    assert f"in line {above.count(chr(10)) + 1}" in table.warnings[0]
    assert "--header-row" in table.warnings[0]
    assert len(table.warnings) == 1


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_title_above_other_delimiters(ingest: Ingest, write: Write, delimiter: str) -> None:
    text = "Sales, all of them\n\n" + TABLE.replace(",", delimiter)
    assert list(ingest.frame(write("a.csv", text))) == ["x", "region", "sales"]


def test_title_above_decimal_commas(ingest: Ingest, write: Write) -> None:
    text = "Report, Sales\nx;y\n" + "".join(f"{n},5;{n}\n" for n in range(20))
    assert ingest.frame(write("a.csv", text))["x"].tolist()[:2] == [0.5, 1.5]


def test_title_above_years_as_names(ingest: Ingest, write: Write) -> None:
    text = "Data Source,World Indicators,\n\nName,Code,1990,1991,1992\n" + "Aruba,ABW,1.5,2.5,3.5\n" * 20
    assert list(ingest.frame(write("a.csv", text))) == ["Name", "Code", "1990", "1991", "1992"]


@pytest.mark.parametrize("names", ["region,2024 Q1,2024 Q2", "region,2024,2025", "region,1st half,2nd half"])
def test_title_above_periods_as_names(ingest: Ingest, write: Write, names: str) -> None:
    rows = "".join(f"place {n},{n}.5,{n}.25\n" for n in range(20))
    assert list(ingest.frame(write("a.csv", f"Report\n\n{names}\n{rows}"))) == names.split(",")


def test_title_above_one_row(ingest: Ingest, write: Write) -> None:
    assert len(ingest.frame(write("a.csv", "Sales report 2024\n\nx,region,sales\n1,north,2\n"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "#id,name\n1,a\n2,b\n",  # names that begin like a comment
        "# x,y\n1,2\n3,4\n",
        "tag,text\n#sun,it shines today\n#rain,it does not\n",
        "name,comment\nAnn,good\n\nBob,bad\nEve,so so\n",
        "a,b\n\nx,y\nz,w\n",  # nothing says that the second row holds names
        "m,s\n1,2\n3,4\n",  # names that look like units
        "country,1990,1991,1992\nAruba,1,2,3\nCuba,4,5,6\n",
    ],
)
def test_first_row_holds_the_names_otherwise(ingest: Ingest, write: Write, text: str) -> None:
    lines = [line for line in text.splitlines() if line]
    table = ingest(write("a.csv", text))
    assert [column.name for column in table.columns] == lines[0].split(",")
    assert table.rows == len(lines) - 1
    assert not table.warnings


@pytest.mark.parametrize(
    "units",
    [
        "[kg],,[EUR]\n",
        "kg,-,EUR\n",
        "(m/s),,(€)\n",
        "mm,,k€\n[mm],,\n",
        "length in metres,where it was,what it cost\n",
    ],
)
def test_units_below_the_names_are_left_out_and_told(ingest: Ingest, write: Write, units: str) -> None:
    like = expected(ingest, write)
    source = write("a.csv", NAMES + units + ROWS)
    assert ingest.frame(source).to_dict("list") == like
    (told,) = ingest(source).warnings
    assert units.split(",")[0] in told
    assert "--extra-rows keep" in told


@pytest.mark.parametrize(
    "first",
    [
        "T,north,3\n",
        ",m,\n",
        "NA,s,NA\n",
        "unknown,north,unknown\n",
        "(missing),north,(missing)\n",
        "-,-,-\n",
    ],
)
def test_first_row_of_data_is_kept(ingest: Ingest, write: Write, first: str) -> None:
    table = ingest(write("a.csv", NAMES + first + ROWS))
    assert table.rows == 41
    assert not table.warnings


def test_repeated_names_are_left_out_and_told(ingest: Ingest, write: Write) -> None:
    source = write("a.csv", TABLE + TABLE + "\ufeff" + TABLE)
    table = ingest(source)
    assert table.rows == 120
    assert {column.name: column.type for column in table.columns}["sales"] == "int64"
    assert "2 rows with the column names once more" in table.warnings[0]


def test_repeated_title_units_and_names_are_left_out(ingest: Ingest, write: Write) -> None:
    part = "Sales report 2024,,\n# units: EUR\n" + NAMES + "[m],,[EUR]\n" + ROWS
    assert ingest(write("a.csv", part * 3)).rows == 120


def test_row_that_resembles_the_names_is_kept(ingest: Ingest, write: Write) -> None:
    assert ingest(write("a.csv", "text,label\ntext,word\nx,label\n")).rows == 2


@pytest.mark.parametrize(
    "below",
    [
        f",Grand total,{TOTAL}\n",
        f"Total,,{TOTAL}\n",
        ",Total,12345\nSource: a register; by hand\n",
        "\n,Grand total,7567.49\nSource: ERP export, run by system\n",
        ",,\n,Total:,99\n",
        "Source: register of 2024\n",
        "(40 rows affected)\n",
        "\n40 rows selected.\n",
        "Source: register, of 2024, by region, and month\n",
        "* estimated by the office\n",
        "\nExported by Ann\n",
        "\nThese numbers are not final and will be revised in the next quarter,,\n",
        f",Total,{TOTAL}\n,Average,{TOTAL / 40}\n",
        f"Insgesamt,,{TOTAL}\nQuelle: Amt für Statistik\nStand: Mai 2024\n",
        f"\n,,{TOTAL}\n",
    ],
)
def test_totals_and_notes_are_left_out_and_told(ingest: Ingest, write: Write, below: str) -> None:
    like = expected(ingest, write)
    source = write("a.csv", TABLE + below)
    assert ingest.frame(source).to_dict("list") == like
    (told,) = ingest(source).warnings
    assert "totals or notes below the table" in told
    assert "--extra-rows keep" in told


@pytest.mark.parametrize(
    "last",
    [
        "5,total,12\n5,north,13\n",
        "-,-,-\n",
        "3,north,\n",
        ",north,\n",
        ",,5\n",
        "5,Source,2\n",
        f"1,north,{TOTAL}\n",
    ],
)
def test_last_row_of_data_is_kept(ingest: Ingest, write: Write, last: str) -> None:
    table = ingest(write("a.csv", TABLE + last))
    assert table.rows == 40 + last.count("\n")
    assert not table.warnings


def test_last_row_with_the_label_of_a_total_is_kept_and_told(ingest: Ingest, write: Write) -> None:
    table = ingest(write("a.csv", TABLE + "5,Total,12\n"))  # may be a company of this name
    assert table.rows == 41
    assert "kept the last row, which looks like a total" in table.warnings[0]


def test_category_called_total_is_kept_even_if_it_is_a_sum(ingest: Ingest, write: Write) -> None:
    text = "brand,liters\n" + "Shell,1\nTotal,2\nBP,3\n" * 5 + f"Total,{30}\n"
    assert ingest(write("a.csv", text)).rows == 16


def test_total_of_a_large_file_is_the_sum_of_all_rows(ingest: Ingest, write: Write) -> None:
    rows = "".join(f"shop {n},{n % 7}\n" for n in range(5_000))
    total = sum(n % 7 for n in range(5_000))
    assert ingest(write("a.csv", f"shop,sold\n{rows}Total,{total}\n")).rows == 5_000
    assert ingest(write("a.csv", f"shop,sold\n{rows}Total,{total // 2}\n")).rows == 5_001


def test_sentences_in_the_last_row_of_a_table_of_texts_are_kept(ingest: Ingest, write: Write) -> None:
    rows = "it was a really good film,good\nnot so good at all this time,bad\n" * 10
    assert ingest(write("a.csv", f"text,label\n{rows}Note: I have not seen it to the end,\n")).rows == 21


def test_subtotals_do_not_hide_the_total(ingest: Ingest, write: Write) -> None:
    table = ingest(write("a.csv", TABLE + ",Subtotal,1\n" + ROWS + ",Subtotal,2\n,Total,3\n"))
    assert "',Total, 3'" in table.warnings[0].replace("'Total", "',Total")


def test_names_in_capitals_are_repeated_names(ingest: Ingest, write: Write) -> None:
    assert ingest(write("a.csv", TABLE + NAMES.upper() + ROWS)).rows == 80


@pytest.mark.parametrize("mark", ["\x1a", "\x1a\n"])
def test_end_mark_of_old_systems(ingest: Ingest, write: Write, mark: str) -> None:
    assert ingest(write("a.csv", TABLE + mark)).rows == 40
    assert ingest(write("a.csv", TABLE + f",Total,{TOTAL}\n{mark}")).rows == 40


def test_printed_tables(ingest: Ingest, write: Write) -> None:
    rows = ROWS.replace(",", " | ")
    names = NAMES.replace(",", " | ")
    printed = f"{names}------+--------+------\n{rows}(40 rows)\n"
    markdown = "".join(f"| {line} |\n" for line in f"{names}:----- | ------ | -----\n{rows}".splitlines())
    for text in (printed, markdown):
        table = ingest(write("a.txt", text))
        assert [column.type for column in table.columns] == ["double", "string", "int64"]
        assert table.rows == 40


def test_comment_between_rows_is_left_out_and_told(ingest: Ingest, write: Write) -> None:
    table = ingest(write("a.csv", TABLE + "# second part\n" + ROWS))
    assert table.rows == 80
    assert "1 comment" in table.warnings[0]


def test_extra_rows_are_kept_on_demand(ingest: Ingest, write: Write) -> None:
    text = NAMES + "[kg],,[EUR]\n" + ROWS + NAMES + ROWS + ",Grand total,5\n"
    assert ingest(write("a.csv", text), extra_rows="keep").rows == 83


def test_trailing_delimiters(ingest: Ingest, write: Write) -> None:
    like = expected(ingest, write)
    assert ingest.frame(write("a.csv", NAMES + ROWS.replace("\n", ",\n"))).to_dict("list") == like
    assert ingest.frame(write("b.csv", TABLE.replace("\n", ",,\n"))).to_dict("list") == like
    assert (
        ingest.frame(write("c.csv", "Title of it\n" + NAMES + ROWS.replace("\n", ",\n"))).to_dict("list")
        == like
    )


def test_trailing_delimiters_of_another_delimiter(ingest: Ingest, write: Write) -> None:
    text = (NAMES + ROWS.replace("\n", ",\n")).replace(",", ";")
    assert list(ingest.frame(write("a.csv", text))) == ["x", "region", "sales"]


def test_delimiters_that_end_some_rows(ingest: Ingest, write: Write) -> None:
    like = expected(ingest, write)
    lines = ROWS.splitlines()
    text = "".join(f"{line}{',,' if at % 3 else ''}\n" for at, line in enumerate(lines))
    assert ingest.frame(write("a.csv", NAMES + text)).to_dict("list") == like
    assert ingest.frame(write("a.csv", NAMES + text.replace("\n", ",\n", 3))).to_dict("list") == like
    error = ingest.refusal(write("a.csv", NAMES + text * 10 + "1,north,2,late\n" + text))
    assert "line 402: 4 fields" in error.message


def test_value_after_the_trailing_delimiter(ingest: Ingest, write: Write) -> None:
    rows = ROWS.replace("\n", ",\n") * 30 + "1,north,2,late\n"
    assert "'late'" in ingest.refusal(write("a.csv", NAMES + rows)).message


def test_blanks_before_quotes(ingest: Ingest, write: Write) -> None:
    text = '"x", "region", "sales"\n' + '2, "east, ""wing""", 6.5\n3, "west", 7\n' * 10
    frame = ingest.frame(write("a.csv", text))
    assert list(frame) == ["x", "region", "sales"]
    assert frame["region"].tolist()[:2] == ['east, "wing"', "west"]
    assert frame["sales"].tolist()[:2] == [6.5, 7]


def test_blanks_before_quotes_with_titles_totals_and_repeats(ingest: Ingest, write: Write) -> None:
    rows = '"a, b", 1\n"c", 2\n' * 10
    text = f'# exported by hand\n"name", "n"\n{rows}"name", "n"\n{rows}"Total", 60\nSource: a, b\n'
    table = ingest(write("a.csv", text.replace('", "', '",  "')))
    assert table.rows == 40
    assert [column.type for column in table.columns] == ["string", "int64"]
    assert len(table.warnings) == 3


def test_ragged_row_with_blanks_before_quotes(ingest: Ingest, write: Write) -> None:
    text = '"a", "b"\n' + '1, "x, y"\n' * 5 + '1, "x", 3\n' + '1, "x, y"\n' * 5
    assert "line 7: 3 fields" in ingest.refusal(write("a.csv", text)).message


def test_blank_after_each_delimiter(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", "x, region, sales\n1, north, 2\n3, south, 4\n"))
    assert list(frame) == ["x", "region", "sales"]
    assert frame["region"].tolist() == ["north", "south"]


def test_header_row_and_skip_rows(ingest: Ingest, write: Write) -> None:
    text = "a,b,c\n1,x,2\n" + TABLE
    like = expected(ingest, write)
    assert ingest.frame(write("a.csv", text), skip_rows=2).to_dict("list") == like
    assert ingest.frame(write("a.csv", text), header_row=3).to_dict("list") == like
    assert not ingest(write("a.csv", text), header_row=3).warnings
    assert list(ingest.frame(write("a.csv", "Title of it\n\n" + TABLE), skip_rows=1)) == [
        "x",
        "region",
        "sales",
    ]


def test_impossible_header_row(ingest: Ingest, write: Write) -> None:
    assert "500 lines" in ingest.refusal(write("a.csv", TABLE), header_row=500).message
    assert "501 lines" in ingest.refusal(write("a.csv", TABLE), skip_rows=500).message


def test_advice_for_ragged_rows_fits_the_file(ingest: Ingest, write: Write) -> None:
    names_are_few = ingest.refusal(write("a.csv", "a,b\n" + "1,2,3\n" * 9)).hint
    assert "--header-row" in names_are_few
    assert "--skip-rows" in names_are_few
    rows = "1,2\n" * 9
    assert "in quotes" in ingest.refusal(write("a.csv", f"a,b\n{rows}1,2,3\n{rows}")).hint
    assert "Complete or remove" in ingest.refusal(write("a.csv", f"a,b\n{rows}1\n{rows}")).hint


def test_truncated_last_line_is_no_note(ingest: Ingest, write: Write) -> None:
    assert "line 42: 2 fields" in ingest.refusal(write("a.csv", TABLE + "7,nor")).message
    assert "line 42: 1 field" in ingest.refusal(write("a.csv", TABLE + "7.2")).message


def test_layout_beyond_the_first_block(ingest: Ingest, write: Write) -> None:
    rows = "".join(f"{n},{'word' * 50},{n}\n" for n in range(50_000))
    text = f"Title of it\n\n{NAMES}{rows}{NAMES}{rows}\n,Total,1\nSource: a register\n"
    table = ingest(write("a.csv", text))
    assert table.rows == 100_000
    assert [column.type for column in table.columns] == ["int64", "string", "int64"]


@pytest.mark.parametrize("above", ["", "Sales report 2024\n\n", "# made by hand\n"])
@pytest.mark.parametrize("units", ["", "[m],,[EUR]\n", "m,-,EUR\n"])
@pytest.mark.parametrize("below", ["", "\n,Grand total,2\nSource: a register\n"])
def test_a_file_with_one_row(ingest: Ingest, write: Write, above: str, units: str, below: str) -> None:
    frame = ingest.frame(write("a.csv", f"{above}{NAMES}{units}1.5,north,2\n{below}"))
    assert frame.to_dict("list") == {"x": [1.5], "region": ["north"], "sales": [2]}


def test_rows_left_out_are_warned_of_when_a_frame_is_read(write: Write) -> None:
    with pytest.warns(UserWarning, match="totals or notes"):
        assert len(read_frame(write("a.csv", TABLE + "\n,Total,5\n"))) == 40


def test_options_of_the_labelled_rows_help_only_where_the_layout_is_the_same(
    ingest: Ingest, write: Write
) -> None:
    odd = "p,q,r\n1,2,3\n"
    table = ingest(write("a.csv", odd + TABLE), skip_rows=2)
    reader = reader_of(table, ReaderOptions(skip_rows=2))
    hints = ColumnHints(readings={column.name: column.reading for column in table.columns}, reader=reader)
    for text in (odd + TABLE, TABLE, NAMES + "1,north,2\n3,south,4\n5,north,6\n"):
        new = ingest(write("b.csv", text), hints=hints)
        assert [column.name for column in new.columns] == ["x", "region", "sales"]
        assert new.rows == (3 if len(text) < 100 else 40)


WORDS = [
    "north",
    "south",
    "Total",
    "kg",
    "m",
    "Source",
    "note",
    "-",
    "NA",
    "a b",
    "(missing)",
    "Sum",
    "Q1",
    "",
]
NAMED = ["x", "region", "sales", "kg", "m", "date", "name", "Total", "2020", "2021", "2022"]
WORD_COLUMNS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(st.sampled_from)
NUMBER_COLUMNS = st.just(st.floats(-99, 99).map(lambda value: f"{value:.2f}"))


@st.composite
def plain_tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    names = draw(st.lists(st.sampled_from(NAMED), min_size=2, max_size=4, unique=True))
    columns = [draw(st.one_of(WORD_COLUMNS, NUMBER_COLUMNS)) for _ in names]
    return names, draw(st.lists(st.tuples(*columns).map(list), min_size=1, max_size=30))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(table=plain_tables(), delimiter=st.sampled_from(",;\t|"))
def test_no_row_of_a_plain_table_is_left_out(
    ingest: Ingest, write: Write, table: tuple[list[str], list[list[str]]], delimiter: str
) -> None:
    names, rows = table
    text = pd.DataFrame(rows, columns=names).to_csv(index=False, sep=delimiter)
    read = ingest(write("a.csv", text), delimiter=delimiter)
    assert [column.name for column in read.columns] == names
    assert read.rows == len(rows)


@pytest.mark.parametrize("delimiter", ["^", "~", " ", "   "])
def test_rare_delimiters(ingest: Ingest, write: Write, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [("x", "y"), ("1.5", "a"), ("2", "b"), ("3", "a")])
    frame = ingest.frame(write("a.csv", f"{text}\n"))
    assert frame["x"].tolist() == [1.5, 2, 3]
    assert frame["y"].tolist() == ["a", "b", "a"]


@pytest.mark.parametrize("text", ["review\ngood one\nbad\nnot so good\n", "review\na ~ b\nc ~ d\ne\n"])
def test_texts_are_not_cut_at_rare_delimiters(ingest: Ingest, write: Write, text: str) -> None:
    frame = ingest.frame(write("a.csv", text))
    assert frame["review"].tolist() == text.splitlines()[1:]
