"""Property tests: the same values give the same features, whichever format they come in."""

import datetime
import json
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium_ml.contracts import Problem
from podium_ml.ingestion import read_with_readings
from podium_ml.ingestion.in_memory import to_arrow
from podium_ml.ingestion.new_rows import read_new_rows
from podium_ml.settings import ReaderOptions, TabularSettings
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.validation.column_readings import plan_readings, read_columns
from podium_ml.tabular.validation.roles import infer_columns

Rows = list[dict[str, Any]]
WORDS = (
    "true",
    "True",
    "false",
    "maybe",
    "1",
    "1.10",
    "1.1",
    "007",
    "None",
    "NA",
    "none",
    "-",
    "a, b",
    "Łódź",
    "1e5",
)
VALUES = {
    "whole": st.integers(-(2**40), 2**40),
    "number": st.floats(-1e9, 1e9, allow_nan=False, width=64),
    "three_decimals": st.integers(1_001, 9_999).map(lambda number: number / 1_000),
    "word": st.sampled_from(WORDS),
    "flag": st.booleans(),
    "day": st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2030, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
}
# Rows that fix what the columns hold, whatever is drawn.
FIXED: Rows = [
    {"whole": at, "number": at + 0.5, "three_decimals": 1.5 + at, "word": "word", "flag": bool(at % 2)}
    | {"day": datetime.datetime(2020, 1, 1 + at)}
    for at in range(6)
]


def tables() -> st.SearchStrategy[Rows]:
    """Return rows with missing values, after rows without."""
    row = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})
    return st.lists(row, min_size=1, max_size=12).map(lambda drawn: FIXED + drawn)


def write_csv(rows: Rows, folder: Path) -> str:
    frame = pd.DataFrame(rows).astype(object)
    frame.map(_text).to_csv(folder / "rows.csv", index=False)
    return str(folder / "rows.csv")


def write_german(rows: Rows, folder: Path) -> str:
    def spell(value: Any) -> str:
        return repr(value).replace(".", ",") if isinstance(value, float) else _text(value)

    pd.DataFrame(rows).astype(object).map(spell).to_csv(folder / "german.csv", index=False, sep=";")
    return str(folder / "german.csv")


def write_json(rows: Rows, folder: Path) -> str:
    lines = [json.dumps(row, default=str) for row in rows]
    (folder / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return str(folder / "rows.jsonl")


def write_parquet(rows: Rows, folder: Path) -> str:
    _frame(rows).to_parquet(folder / "rows.parquet", index=False)
    return str(folder / "rows.parquet")


def write_objects(rows: Rows, folder: Path) -> str:
    """Write a data frame of objects as podium.run stores it, with a marker where a number is missing."""
    frame = pd.DataFrame(rows).astype(object)
    filled = {name: frame[name].where(frame[name].notna(), "-") for name in ("whole", "number", "day")}
    pq.write_table(to_arrow(frame.assign(**filled), name="data"), folder / "objects.parquet")
    return str(folder / "objects.parquet")


def write_sql(rows: Rows, folder: Path) -> str:
    path = folder / "rows.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        _frame(rows).to_sql("rows", connection, index=False)
    return f"sqlite:///{path}"


FORMATS: dict[str, Callable[[Rows, Path], str]] = {
    "csv": write_csv,
    "german": write_german,
    "json": write_json,
    "parquet": write_parquet,
    "objects": write_objects,
    "sql": write_sql,
}


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def _frame(rows: Rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    return frame.assign(whole=frame["whole"].astype("Int64"), flag=frame["flag"].astype("boolean"))


def plan(source: str) -> tuple[Problem, Featurizer]:
    """Read labelled rows, and decide on their columns and features."""
    table, readings = read_with_readings(source)
    asked = TabularSettings(target="y")
    columns = infer_columns(table, asked, readings=readings)
    columns = plan_readings(table, columns, readings, target_role="numeric", settings=asked)
    problem = Problem("p", "regression", "y", "rmse", tuple(columns.values()))
    return problem, Featurizer.plan(problem, read_columns(table, columns, target_role="numeric"))


@pytest.mark.parametrize("trained", ["csv", "german", "json", "parquet", "objects"])
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_formats_give_the_same_features(trained: str, rows: Rows) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        problem, featurizer = plan(FORMATS[trained](rows, folder))
        made = {"frame": featurizer.transform(_frame(rows))}
        for form, write in FORMATS.items():
            options = ReaderOptions(decimal="," if form == "german" else ".")
            read = read_new_rows(write(rows, folder), problem, options)
            made[form] = featurizer.transform(read)
    expected = made[trained]
    assert set(expected.columns) >= {"whole", "number", "three_decimals", "word", "flag", "day_days"}
    for features in made.values():
        pd.testing.assert_frame_equal(features, expected, check_dtype=False, check_categorical=False)


@pytest.mark.parametrize("trained", ["csv", "german"])
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_few_rows_are_read_like_many(trained: str, rows: Rows) -> None:
    """Nothing is inferred from new rows, so each row may come in a file of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        problem, featurizer = plan(FORMATS[trained](rows, folder))
        together = featurizer.transform(read_new_rows(FORMATS[trained](rows, folder), problem))
        for at in range(len(FIXED), len(rows)):
            alone = featurizer.transform(read_new_rows(FORMATS[trained](rows[at : at + 1], folder), problem))
            one = together.iloc[at : at + 1].reset_index(drop=True)
            pd.testing.assert_frame_equal(alone, one, check_dtype=False, check_categorical=False)
