"""Tests of what a user's settings say about the columns."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.ingestion.labelled_rows import hints_of
from podium_ml.ingestion.read import read_source
from podium_ml.settings import ReaderOptions

SERIES = {"target": "y", "time_column": "t", "series_column": "s,kind"}


def test_times_and_names_of_series_stay_texts() -> None:
    hints = hints_of(SERIES)
    assert hints.written == {"t", "s", "kind"}
    assert {"y", "s"} <= hints.labels


def test_typed_times_and_names_of_series_keep_their_type(tmp_path) -> None:
    table = pd.DataFrame({"t": pd.date_range("2024-01-01", periods=3), "s": [1, 1, 2], "y": [1.0, 2.0, 3.0]})
    for name, kinds in (("a.parquet", ["timestamp[us]", "int64"]), ("a.csv", ["string", "string"])):
        write = table.to_parquet if name.endswith("parquet") else table.to_csv
        write(tmp_path / name, index=False)
        hints = hints_of({"target": "y", "time_column": "t", "series_column": "s"})
        read = read_source(str(tmp_path / name), ReaderOptions(), into=tmp_path / "read.parquet", hints=hints)
        assert [column.type for column in read.columns[:2]] == kinds


def test_times_of_tables_are_typed() -> None:
    assert hints_of({"target": "y", "time_column": "t", "types": "a=category"}).texts == {"a"}


@pytest.mark.parametrize(
    "names",
    [["DE", "NA", "None"], ["007", "7", "07"], ["1e5", "100000", "2"], ["true", "TRUE", "false"]],
)  # fmt: skip
def test_names_of_series_are_read_as_they_are_written(names: list[str], tmp_path) -> None:
    stamps = [f"2023-10-{day:02d}T00:00:00+02:00" for day in range(1, 21)]
    table = pd.DataFrame({"t": np.tile(stamps, 3), "s": np.repeat(names, 20), "y": np.arange(60)})
    table.to_csv(tmp_path / "data.csv", index=False)
    hints = hints_of({**SERIES, "series_column": "s"})
    read = read_source(
        str(tmp_path / "data.csv"), ReaderOptions(), into=tmp_path / "data.parquet", hints=hints
    )
    rows = pd.read_parquet(read.path)
    assert rows["s"].drop_duplicates().tolist() == names
    assert rows["t"].tolist() == table["t"].tolist()
    assert pd.api.types.is_integer_dtype(rows["y"])
