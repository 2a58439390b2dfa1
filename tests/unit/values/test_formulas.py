"""Attacks on spreadsheet programs by the CSV files that Podium writes."""

import ast
import io
from pathlib import Path

import pandas as pd
import pytest

import podium
import podium_ml
from podium.commands._output import write_csv
from podium_ml.values.formulas import without_formulas

FORMULAS = [
    "=1+2",
    '=HYPERLINK("http://x")',
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+cmd|'x'!A0",
    " =1+2",
    "\t=1",
    "＝1+2",
]
HARMLESS = ["churn", "-5", "+49 170 123", "-1.5e-3", "+", "-", "=", "a=b", "5-3", "x@y.org", "", "2024-01-31"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_become_texts(text, tmp_path):
    table = pd.DataFrame({"prediction": [text, "no"], text: [1, 2]})
    write_csv(table, tmp_path / "out.csv")
    written = pd.read_csv(tmp_path / "out.csv")
    assert written["prediction"].tolist() == [f"'{text}", "no"]
    assert list(written.columns) == ["prediction", f"'{text}"]


def test_other_cells_stay_as_they_are():
    table = pd.DataFrame(
        {"label": HARMLESS, "n": range(len(HARMLESS)), "x": 0.5, "set": [["=1"]] * len(HARMLESS)}
    )
    assert without_formulas(table) is table
    kinds = pd.DataFrame({"c": pd.Categorical(["=1+1", "b"]), "n": [-1, -2]}, index=[5, 7])
    assert without_formulas(kinds).to_csv() == io.StringIO(",c,n\n5,'=1+1,-1\n7,b,-2\n").read()


def test_every_written_table_is_without_formulas():
    """Also those of kinds that come later: forecasts, spans, objects."""
    for package in (podium, podium_ml):
        for path in Path(package.__file__).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in ("to_csv", "to_excel"):
                    assert ast.unparse(node.value).startswith("without_formulas("), (
                        f"{path}, line {node.lineno}"
                    )
