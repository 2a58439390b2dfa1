"""Tests of type inference on whole columns."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium_ml.contracts import Reading
from podium_ml.ingestion import ColumnHints
from tests.unit.ingestion.ingesting import Ingest, Write

FILLER = 70  # more rows than the first sample contains


def column(
    ingest: Ingest, write: Write, *values: str, repeat: int = 1, **options: str
) -> tuple[str, list[object]]:
    """Read values as one column of a file, and return its type and values."""
    text = "x;n\n" + "".join(f'"{value}";1\n' for value in values * repeat)
    source = write("a.csv", text)
    kind = ingest.types(source, delimiter=";", **options)["x"]
    values_read = ingest.frame(source, delimiter=";", **options)["x"].tolist()
    return kind, [None if value is None or value != value else value for value in values_read][: len(values)]


@pytest.mark.parametrize(
    ("values", "kind", "read"),
    [
        (["1", "-2", "+3", " 4 ", "0"], "int64", [1, -2, 3, 4, 0]),
        (["1", "", "3"], "int64", [1, None, 3]),
        (["1", "2.5"], "double", [1.0, 2.5]),
        (["1e3", "-.5", "2.", "1E-2"], "double", [1000.0, -0.5, 2.0, 0.01]),
        (["1.5", "inf", "-Infinity"], "double", [1.5, np.inf, -np.inf]),
        (["00123", "456"], "string", ["00123", "456"]),
        (["008.45", "250.01"], "string", ["008.45", "250.01"]),
        (["12345678901234567890", "1"], "string", ["12345678901234567890", "1"]),
        (["1", "x"], "string", ["1", "x"]),
        (["1", "true"], "string", ["1", "true"]),
        (["true", "False", "TRUE"], "bool", [True, False, True]),
        (["yes", "no"], "string", ["yes", "no"]),
        (["0", "1"], "int64", [0, 1]),
        (["$5", "12%"], "string", ["$5", "12%"]),
        (["10:30", "11:45"], "string", ["10:30", "11:45"]),
        (["01/02/2024", "03/04/2024"], "string", ["01/02/2024", "03/04/2024"]),
        (["2024-02-30", "2024-01-01"], "string", ["2024-02-30", "2024-01-01"]),
        (["2024-01-01", "2024-01-01T10:00:00Z"], "string", ["2024-01-01", "2024-01-01T10:00:00Z"]),
        ([" padded ", "x"], "string", [" padded ", "x"]),
    ],
)
@pytest.mark.parametrize("repeat", [1, FILLER])
def test_types(
    ingest: Ingest, write: Write, values: list[str], kind: str, read: list[object], repeat: int
) -> None:
    assert column(ingest, write, *values, repeat=repeat) == (kind, read)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-31", datetime.datetime(2024, 1, 31)),
        ("2024-01-31 10:30", datetime.datetime(2024, 1, 31, 10, 30)),
        ("2024-01-31T10:30:15.25", datetime.datetime(2024, 1, 31, 10, 30, 15, 250_000)),
        ("2024-01-31T10:30:15.123456789", datetime.datetime(2024, 1, 31, 10, 30, 15, 123_456)),
        ("2024-01-31T10:30:00Z", datetime.datetime(2024, 1, 31, 10, 30, tzinfo=datetime.UTC)),
        ("2024-01-31 10:30:00+02:00", datetime.datetime(2024, 1, 31, 8, 30, tzinfo=datetime.UTC)),
    ],
)
def test_timestamps(ingest: Ingest, write: Write, text: str, moment: datetime.datetime) -> None:
    kind, values = column(ingest, write, text, "", text)
    assert kind == ("timestamp[us, tz=UTC]" if moment.tzinfo else "timestamp[us]")
    assert values == [moment, None, moment]


@pytest.mark.parametrize(
    "marker", ["", "NA", "N/A", "n/a", "null", "NULL", "None", "nan", "NaN", "?", " ", "#N/A"]
)
def test_missing_markers_anywhere(ingest: Ingest, write: Write, marker: str) -> None:
    assert column(ingest, write, "1", marker, "3") == ("int64", [1, None, 3])
    assert column(ingest, write, "a", marker, "b") == ("string", ["a", None, "b"])


@pytest.mark.parametrize("marker", ["-", "--", ".", "missing", "0000-00-00", "#DIV/0!"])
def test_missing_markers_only_among_numbers_and_dates(ingest: Ingest, write: Write, marker: str) -> None:
    assert column(ingest, write, "1.5", marker) == ("double", [1.5, None])
    assert column(ingest, write, "2024-01-01", marker)[0] == "timestamp[us]"
    assert column(ingest, write, "+", marker) == ("string", ["+", marker])
    assert column(ingest, write, marker, marker) == ("string", [marker, marker])


def test_markers_are_counted(ingest: Ingest, write: Write) -> None:
    table = ingest(write("a.csv", "n,s\n1,x\nNA,NA\n-,-\n?,NA\n"))
    assert table.columns[0].markers == {"-": 1, "?": 1, "NA": 1}
    assert table.columns[0].missing == 3
    assert table.columns[1].markers == {"NA": 2}


def test_all_missing(ingest: Ingest, write: Write) -> None:
    assert column(ingest, write, "", "NA") == ("string", [None, None])


def test_single_word_at_end_of_long_column(ingest: Ingest, write: Write) -> None:
    numbers = [str(number) for number in range(2_000)]
    kind, values = column(ingest, write, *numbers, "word")
    assert kind == "string"
    assert values == [*numbers, "word"]


@pytest.mark.parametrize(
    ("values", "kind", "read"),
    [
        (["1,5", "2,25"], "double", [1.5, 2.25]),
        (["1.234,5", "2,5"], "double", [1234.5, 2.5]),
        (["1,234.5", "2.5"], "double", [1234.5, 2.5]),
        (["1,234,567", "1"], "int64", [1234567, 1]),
        (["1.234.567", "1"], "int64", [1234567, 1]),
        (["1.5", "2,5"], "string", ["1.5", "2,5"]),
        (["1,5", "-,5", "+2,0"], "double", [1.5, -0.5, 2.0]),
    ],
)
def test_unambiguous_decimal_marks(
    ingest: Ingest, write: Write, values: list[str], kind: str, read: list[object]
) -> None:
    assert column(ingest, write, *values) == (kind, read)


def test_ambiguous_decimal_mark_follows_other_columns(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", "a|b|c\n1,5|1.234|2,5\n2,5|5.678|3,5\n"))
    assert frame["b"].tolist() == [1234, 5678]
    frame = ingest.frame(write("a.csv", "a|b\n1.5|1,234\n2.5|5,678\n"))
    assert frame["b"].tolist() == [1234, 5678]


def test_ambiguous_decimal_mark_follows_delimiter(ingest: Ingest, write: Write) -> None:
    assert ingest.frame(write("a.csv", "a;b\n1,234;x\n"))["a"].tolist() == [1.234]
    assert ingest.frame(write("a.csv", 'a,b\n"1,234",x\n'))["a"].tolist() == [1234]


def test_given_decimal_mark(ingest: Ingest, write: Write) -> None:
    source = write("a.csv", "a|b\n1,234|x\n")
    assert ingest.frame(source, decimal=",")["a"].tolist() == [1.234]
    assert ingest.frame(source, decimal=".")["a"].tolist() == [1234]
    assert ingest.types(write("b.csv", "a|b\n1,5|x\n"), decimal=".")["a"] == "string"
    assert "decimal" in ingest.refusal(source, decimal="x").message


def test_decimal_comma_is_noted(ingest: Ingest, write: Write) -> None:
    assert "comma" in ingest(write("a.csv", "a;b\n1,5;1\n")).columns[0].note


def test_columns_follow_the_reading_of_other_rows(ingest: Ingest, write: Write) -> None:
    kinds = {"id": "string", "real": "double", "gone": "timestamp[us]", "n": "int64"}
    hints = ColumnHints(readings={name: Reading(type=kind) for name, kind in kinds.items()})
    table = ingest(write("a.csv", "id,real,gone,n\n123,1,,x\n456,2,,y\n"), hints=hints)
    assert [column.type for column in table.columns] == ["string", "double", "timestamp[us]", "string"]
    assert pd.read_parquet(table.path)["id"].tolist() == ["123", "456"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.one_of(st.none(), st.floats(allow_nan=False, width=64), st.integers(-(2**53), 2**53)),
        min_size=1,
        max_size=80,
    )
)
def test_numbers_round_trip(ingest: Ingest, write: Write, numbers: list[float | None]) -> None:
    frame = pd.DataFrame({"n": pd.Series(numbers, dtype=object), "row": range(len(numbers))})
    read = ingest.frame(write("a.csv", frame.to_csv(index=False)))["n"]
    if all(number is None for number in numbers):
        assert read.isna().all()
    else:
        expected = np.array([np.nan if number is None else number for number in numbers], dtype=np.float64)
        np.testing.assert_array_equal(read.to_numpy(dtype=np.float64), expected)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["12e3", "45e1", "77e9"], "string"),
        (["1204", "12e3", "5571"], "string"),
        (["1e5", "200000", "30e5"], "double"),
        (["12e3", "1.5e3"], "string"),  # numbers, as the other values tell; see the role of the column
        (["1e-05", "12e+3", "-12e-3"], "double"),
    ],
)
def test_codes_that_look_like_powers_of_ten(
    ingest: Ingest, write: Write, texts: list[str], kind: str
) -> None:
    assert column(ingest, write, *texts)[0] == kind


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.from_regex(r"0[0-9]{1,6}", fullmatch=True), min_size=1, max_size=100))
def test_codes_with_leading_zeros_stay_text(ingest: Ingest, write: Write, codes: list[str]) -> None:
    assert column(ingest, write, *codes) == ("string", codes)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 1, 1)), min_size=1, max_size=20)
)
def test_timestamps_round_trip(ingest: Ingest, write: Write, moments: list[datetime.datetime]) -> None:
    text = "t,n\n" + "".join(f"{moment.isoformat()},1\n" for moment in moments)
    ingest(write("a.csv", text))
    assert pa.parquet.read_table(ingest.path)["t"].to_pylist() == moments
