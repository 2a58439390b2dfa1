"""Tests that new rows are read as the labelled rows were, in whatever form they come."""

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from podium_ml.contracts import Column, Problem, Reading
from podium_ml.errors import DataError
from podium_ml.ingestion.new_rows import read_new_rows
from podium_ml.settings import ReaderOptions
from tests.unit.ingestion.ingesting import Write


def problem(reader: dict[str, str] | None = None, **readings: Reading) -> Problem:
    roles = {"double": "numeric", "int64": "numeric", "bool": "boolean", "string": "categorical"}
    columns = tuple(
        Column(name, roles[reading.type], reading.type, reading=reading)  # type: ignore[arg-type]
        for name, reading in readings.items()
    )
    return Problem("p", "regression", "y", "rmse", columns, reader=reader)


GERMAN = problem(
    {"format": "csv", "delimiter": ";", "encoding": "cp1250"}, w=Reading("double", ","), c=Reading("string")
)


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("w\n1.250\n3.000\n", [1250, 3000]),
        ("w\n2,5\n", [2.5]),
        ("w\n1.250,00\n", [1250]),
        ('w,x\n"2,000",1\n', [2]),
    ],
)
def test_numbers_have_the_decimal_mark_of_the_model(write: Write, content: str, values: list[float]) -> None:
    assert read_new_rows(write("a.csv", content), GERMAN)["w"].tolist() == values


@pytest.mark.parametrize("text", ["true", "True", "1.10", "007", "2024-01-01", "1e5"])
def test_categories_stay_as_they_are_written(write: Write, text: str) -> None:
    assert read_new_rows(write("a.csv", f"c\n{text}\n{text}\n"), GERMAN)["c"].tolist() == [text, text]


def test_numbers_with_the_other_mark_are_not_guessed(write: Write) -> None:
    source = write("a.csv", "w,c\n1.5,a\n1.250,b\n")
    assert read_new_rows(source, GERMAN)["w"].tolist() == ["1.5", "1.250"]
    assert read_new_rows(source, GERMAN, ReaderOptions(decimal="."))["w"].tolist() == [1.5, 1.25]


def test_prices_are_given_the_mark_of_the_model(write: Write) -> None:
    prices = problem(price=Reading("string", ",", unit="€"))
    prices = Problem(
        "p",
        "regression",
        "y",
        "rmse",
        (Column("price", "numeric", "string", reading=prices.readings["price"]),),
    )
    rows = read_new_rows(write("a.csv", 'price\n"1,250.50 €"\n'), prices, ReaderOptions(decimal="."))
    assert rows["price"].tolist() == ["1.250,50 €"]


def test_markers_of_missing_values_are_those_of_the_column(write: Write) -> None:
    model = problem(
        a=Reading("string", kept=("None",)), b=Reading("string", missing=("x",)), n=Reading("double")
    )
    rows = read_new_rows(write("a.csv", "a,b,n\nNone,x,-\nNA,NA,2\n"), model)
    assert rows["a"].tolist()[0] == "None"
    assert rows["a"].isna().tolist() == [False, True]
    assert rows["b"].isna().tolist() == [True, False]
    assert rows["n"].isna().tolist() == [True, False]


class TestReader:
    def test_delimiter(self, write: Write) -> None:
        model = problem({"format": "csv", "delimiter": ":"}, w=Reading("double"), c=Reading("string"))
        assert read_new_rows(write("a.csv", "w:c\n1:x\n"), model)["c"].tolist() == ["x"]
        assert read_new_rows(write("b.csv", "w,c\n1,x\n"), model)["c"].tolist() == ["x"]

    def test_encoding(self, write: Write) -> None:
        rows = read_new_rows(write("a.csv", "c\nŁódź\n".encode("cp1250")), GERMAN)
        assert rows["c"].tolist() == ["Łódź"]
        assert read_new_rows(write("b.csv", "c\nŁódź\n"), GERMAN)["c"].tolist() == ["Łódź"]

    def test_sheet(self, tmp_path: Path) -> None:
        model = problem({"format": "excel", "sheet": "data"}, w=Reading("double"))
        for name, sheets in {"both": ["notes", "data"], "other": ["new"]}.items():
            with pd.ExcelWriter(tmp_path / f"{name}.xlsx") as book:
                for sheet in sheets:
                    pd.DataFrame({"w": [1.5 if sheet == "data" else 7.5]}).to_excel(
                        book, sheet_name=sheet, index=False
                    )
        assert read_new_rows(str(tmp_path / "both.xlsx"), model)["w"].tolist() == [1.5]
        assert read_new_rows(str(tmp_path / "other.xlsx"), model)["w"].tolist() == [7.5]

    def test_query(self, tmp_path: Path) -> None:
        model = problem({"format": "sql", "query": "SELECT w * 2 AS w FROM rows"}, w=Reading("double"))
        for name, table in {"same": "rows", "other": "new"}.items():
            with sqlite3.connect(tmp_path / name) as connection:
                pd.DataFrame({"w": [1.5]}).to_sql(table, connection, index=False)
        assert read_new_rows(f"sqlite:///{tmp_path}/same", model)["w"].tolist() == [3]
        assert read_new_rows(f"sqlite:///{tmp_path}/other", model)["w"].tolist() == [1.5]
        given = ReaderOptions(query="SELECT w * 3 AS w FROM rows")
        assert read_new_rows(f"sqlite:///{tmp_path}/same", model, given)["w"].tolist() == [4.5]

    def test_errors_are_those_of_the_file(self, write: Write) -> None:
        with pytest.raises(DataError, match="is empty"):
            read_new_rows(write("a.csv", ""), GERMAN)
