"""Tests of ingestion of typed formats: JSON, Parquet, Arrow, Excel and Delta."""

import datetime
import decimal
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.ingestion.ingesting import Ingest, Write

DAY = datetime.datetime(2024, 1, 31)


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


class TestJson:
    def test_missing_keys(self, ingest: Ingest, write: Write) -> None:
        frame = ingest.frame(write("a.jsonl", lines({"a": 1, "b": "x"}, {"c": True}, {"b": "y", "a": 2.5})))
        assert list(frame) == ["a", "b", "c"]
        assert frame["a"].fillna(-1).tolist() == [1, -1, 2.5]
        assert frame["b"].isna().tolist() == [False, True, False]

    def test_strings_stay_text_except_dates(self, ingest: Ingest, write: Write) -> None:
        source = write(
            "a.jsonl", lines({"n": "12", "t": "2024-01-31T10:00:00", "m": "NA"}, {"n": "3", "t": ""})
        )
        assert ingest.types(source) == {"n": "string", "t": "timestamp[us]", "m": "string"}
        assert pq.read_table(ingest.path)["m"][0].as_py() == "NA"

    def test_markers_among_numbers(self, ingest: Ingest, write: Write) -> None:
        frame = ingest.frame(write("a.jsonl", lines({"n": 1}, {"n": "N/A"}, {"n": 3})))
        assert frame["n"].fillna(-1).tolist() == [1, -1, 3]

    def test_numbers_beside_markers_have_decimal_points(self, ingest: Ingest, write: Write) -> None:
        records = [{"n": 3.041}, {"n": 5}, {"n": "-"}, {"n": 1e-7}]
        frame = ingest.frame(write("a.jsonl", lines(*records)), decimal=",")
        assert frame["n"].fillna(-1).tolist() == [3.041, 5, -1, 1e-7]

    def test_types_that_change_late(self, ingest: Ingest, write: Write) -> None:
        records = [{"n": 1, "m": 1, "l": [1]} for _ in range(20_000)]
        source = write("a.jsonl", lines(*records, {"n": 2.5, "m": "word", "l": [2.5]}))
        assert ingest.types(source) == {"n": "double", "m": "string", "l": "list<item: double>"}
        assert pq.read_table(ingest.path)["m"].to_pylist()[-2:] == ["1", "word"]

    def test_mixed_values_become_text(self, ingest: Ingest, write: Write) -> None:
        values = [1, True, None, "x", 2.5, [1, "y"], 10**30]
        frame = ingest.frame(write("a.jsonl", lines(*({"v": value} for value in values))))
        assert frame["v"].tolist()[:2] == ["1", "true"]
        assert frame["v"].tolist()[3:] == ["x", "2.5", '[1, "y"]', str(10**30)]

    def test_broken_characters(self, ingest: Ingest, write: Write) -> None:
        assert ingest.frame(write("a.jsonl", '{"a": "\\ud800x"}\n'))["a"].tolist() == ["?x"]

    def test_lists_of_values(self, ingest: Ingest, write: Write) -> None:
        frame = ingest.frame(write("a.jsonl", lines({"tags": ["a", "b"]}, {"tags": []}, {"tags": None})))
        assert list(frame["tags"][0]) == ["a", "b"]

    @pytest.mark.parametrize("value", [{"b": 1}, [{"b": 1}], [[1]]])
    def test_nested(self, ingest: Ingest, write: Write, value: object) -> None:
        source = write("a.jsonl", lines({"address": value, "n": 1}, {"n": 2}))
        assert ingest.types(source) == {"address": "nested", "n": "int64"}
        assert ingest(source).columns[0].reading.type == "nested"

    def test_nested_value_among_other_values(self, ingest: Ingest, write: Write) -> None:
        assert ingest.types(write("a.jsonl", lines({"a": 1}, {"a": {"b": 1}}))) == {"a": "nested"}

    def test_invalid_line(self, ingest: Ingest, write: Write) -> None:
        error = ingest.refusal(write("a.jsonl", '{"a": 1}\n\n{"a": \n'))
        assert "line 3: invalid JSON" in error.message

    @pytest.mark.parametrize("line", ["5", "[1, 2]", '"x"', "null"])
    def test_line_is_not_an_object(self, ingest: Ingest, write: Write, line: str) -> None:
        assert "line 2" in ingest.refusal(write("a.jsonl", f'{{"a": 1}}\n{line}\n')).message

    def test_objects_without_keys(self, ingest: Ingest, write: Write) -> None:
        assert "no columns" in ingest.refusal(write("a.jsonl", "{}\n{}\n")).message

    @pytest.mark.parametrize("text", ["[]", "[\n]\n"])
    def test_array_without_objects(self, ingest: Ingest, write: Write, text: str) -> None:
        assert "is empty" in ingest.refusal(write("a.json", text)).message

    def test_array(self, ingest: Ingest, write: Write) -> None:
        records = [{"n": number, "s": "x]," * 100} for number in range(10_000)]
        frame = ingest.frame(write("a.json", json.dumps(records, indent=1)))
        assert frame["n"].tolist() == list(range(10_000))

    @pytest.mark.parametrize("orient", ["split", "columns", "index", "table", "list"])
    def test_tables_in_one_object(self, ingest: Ingest, write: Write, orient: Any) -> None:
        table = pd.DataFrame({"n": range(12), "s": list("abcdefghijkl")})
        pandas = orient != "list"
        text = table.to_json(orient=orient) if pandas else json.dumps(table.to_dict("list"), indent=1)
        frame = ingest.frame(write("a.json", text))
        assert frame["n"].tolist() == list(range(12))
        assert frame["s"].tolist() == list("abcdefghijkl")

    def test_rows_with_lists_are_no_tables(self, ingest: Ingest, write: Write) -> None:
        frame = ingest.frame(write("a.json", '{"tags": ["a", "b"], "n": 1}'))
        assert list(frame["tags"][0]) == ["a", "b"]

    def test_invalid_array(self, ingest: Ingest, write: Write) -> None:
        assert "line 3" in ingest.refusal(write("a.json", '[\n{"a": 1},\n{"a": }\n]')).message
        assert "line 2" in ingest.refusal(write("a.json", '[\n{"a": 1}')).message

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_encodings(self, ingest: Ingest, write: Write, encoding: str) -> None:
        text = lines({"a": "Müller"})
        assert ingest.frame(write("a.jsonl", text.encode(encoding)))["a"].tolist() == ["Müller"]
        assert ingest.frame(write("a.jsonl", text.encode(encoding)), encoding=encoding)["a"][0] == "Müller"

    def test_long_column_names(self, ingest: Ingest, write: Write) -> None:
        assert list(ingest.frame(write("a.jsonl", lines({"x" * 10_000: 1, "😀": 2})))) == ["x" * 10_000, "😀"]


class TestParquet:
    def write(self, folder: Path, **columns: pa.Array) -> str:
        path = folder / "a.parquet"
        pq.write_table(pa.table(columns), path)
        return str(path)

    def test_types_are_simplified(self, ingest: Ingest, tmp_path: Path) -> None:
        source = self.write(
            tmp_path,
            small=pa.array([1, None], pa.uint8()),
            huge=pa.array([1, 2**64 - 1], pa.uint64()),
            half=pa.array(np.array([1.5, 2.5], np.float16)),
            money=pa.array([decimal.Decimal("1.25"), None]),
            number=pa.array([decimal.Decimal(7), None], pa.decimal128(38, 0)),
            ids=pa.array([decimal.Decimal(10**20), decimal.Decimal(10**20 + 1)], pa.decimal128(38, 0)),
            day=pa.array([DAY.date(), None]),
            nanoseconds=pa.array([1, 2], pa.timestamp("ns")),
            zoned=pa.array([1, 2], pa.timestamp("s", "Europe/Berlin")),
            clock=pa.array([datetime.time(10, 30), None]),
            span=pa.array([datetime.timedelta(seconds=1.5), None]),
            category=pa.array(["a", "b"]).dictionary_encode(),
            long=pa.array(["a", "b"], pa.large_string()),
            nothing=pa.nulls(2),
            yes=pa.array([True, None]),
            items=pa.array([[1], None], pa.large_list(pa.int32())),
            bytes_=pa.array([b"\xff", None]),
            plain_bytes=pa.array([b"abc", None]),
        )
        assert ingest.types(source) == {
            "small": "int64",
            "huge": "string",
            "half": "double",
            "money": "double",
            "number": "int64",
            "ids": "string",
            "day": "timestamp[us]",
            "nanoseconds": "timestamp[us]",
            "zoned": "timestamp[us, tz=Europe/Berlin]",
            "clock": "string",
            "span": "double",
            "category": "string",
            "long": "string",
            "nothing": "string",
            "yes": "bool",
            "items": "list<item: int64>",
            "bytes_": "binary",
            "plain_bytes": "string",
        }
        table = pq.read_table(ingest.path).to_pydict()
        assert table["span"] == [1.5, None]
        assert table["ids"] == [str(10**20), str(10**20 + 1)]
        assert table["day"] == [DAY, None]
        assert table["plain_bytes"] == ["abc", None]

    def test_strings_are_unchanged(self, ingest: Ingest, tmp_path: Path) -> None:
        source = self.write(tmp_path, a=pa.array(["1", "NA"]), t=pa.array(["2024-01-01", ""]))
        assert ingest.types(source) == {"a": "string", "t": "string"}
        assert pq.read_table(ingest.path)["a"].to_pylist() == ["1", "NA"]

    def test_struct_is_nested(self, ingest: Ingest, tmp_path: Path) -> None:
        source = self.write(tmp_path, a=pa.array([1]), person=pa.array([{"name": "x"}]))
        assert ingest.types(source) == {"a": "int64", "person": "nested"}

    def test_pandas_index_is_left_out(self, ingest: Ingest, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        pd.DataFrame({"a": [1, 2, 3]}, index=[5, 1, 7]).to_parquet(path)
        table = ingest(str(path))
        assert [column.name for column in table.columns] == ["a"]
        assert "row numbers" in table.warnings[0]

    def test_many_row_groups_stream(self, ingest: Ingest, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({"a": list(range(10_000))}), path, row_group_size=1_000)
        assert ingest.frame(str(path))["a"].tolist() == list(range(10_000))

    def test_without_columns(self, ingest: Ingest, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({}), path)
        assert "no columns" in ingest.refusal(str(path)).message

    def test_damaged(self, ingest: Ingest, tmp_path: Path) -> None:
        path = Path(self.write(tmp_path, a=pa.array(np.random.default_rng(0).random(50_000))))
        content = bytearray(path.read_bytes())
        content[1_000:100_000] = b"x" * 99_000
        path.write_bytes(content)
        assert "damaged" in ingest.refusal(str(path)).message

    def test_file_with_another_suffix(self, ingest: Ingest, tmp_path: Path) -> None:
        path = Path(self.write(tmp_path, a=pa.array([1]))).rename(tmp_path / "a.csv")
        assert ingest(str(path)).format == "parquet"
        assert "Parquet" in ingest.refusal(str(path), format="csv").message


class TestArrow:
    def test_stream(self, ingest: Ingest, tmp_path: Path) -> None:
        path = tmp_path / "a.arrows"
        table = pa.table({"a": [1, 2]})
        with pa.ipc.new_stream(path, table.schema) as stream:
            stream.write_table(table)
        assert ingest.frame(str(path))["a"].tolist() == [1, 2]

    def test_feather(self, ingest: Ingest, tmp_path: Path) -> None:
        path = tmp_path / "a.feather"
        pd.DataFrame({"a": ["x", "y"]}).to_feather(path)
        assert ingest.frame(str(path))["a"].tolist() == ["x", "y"]

    def test_old_feather(self, ingest: Ingest, write: Write) -> None:
        assert "version 1" in ingest.refusal(write("a.feather", b"FEA1....FEA1")).message

    @pytest.mark.parametrize("content", [b"ARROW1\0\0", b"\xff\xff\xff\xff\x10\0\0\0 no schema here"])
    def test_damaged(self, ingest: Ingest, write: Write, content: bytes) -> None:
        assert "damaged" in ingest.refusal(write("a.arrow", content)).message

    def test_repeated_names(self, ingest: Ingest, tmp_path: Path) -> None:
        path = tmp_path / "a.arrow"
        table = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
        assert "same name: 'a'" in ingest.refusal(str(path)).message


class TestExcel:
    def write(self, folder: Path, *rows: list[object], sheet: str = "Data") -> str:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.active.title = sheet
        book.create_sheet("Other").append(["z"])
        book["Other"].append([5])
        book.save(folder / "a.xlsx")
        return str(folder / "a.xlsx")

    def test_types(self, ingest: Ingest, tmp_path: Path) -> None:
        source = self.write(
            tmp_path,
            ["id", "n", "t", "yes", "clock"],
            ["001", 1, DAY, True, datetime.time(10)],
            ["002", "N/A", None, False, None],
            ["x", 2.5, DAY, True, None],
        )
        assert ingest.types(source) == {
            "id": "string",
            "n": "double",
            "t": "timestamp[us]",
            "yes": "bool",
            "clock": "string",
        }

    def test_numbers_stored_as_text(self, ingest: Ingest, tmp_path: Path) -> None:
        assert ingest.types(self.write(tmp_path, ["n", "m"], ["1", 1], ["2", "x"])) == {
            "n": "int64",
            "m": "string",
        }

    def test_blank_rows_and_columns(self, ingest: Ingest, tmp_path: Path) -> None:
        source = self.write(tmp_path, [], ["a", "b", None], [1, None, None], [], [None, 2, None], [])
        frame = ingest.frame(source)
        assert frame.fillna(-1).to_dict("list") == {"a": [1, -1], "b": [-1, 2]}

    def test_value_without_column_name(self, ingest: Ingest, tmp_path: Path) -> None:
        error = ingest.refusal(self.write(tmp_path, ["a"], [1, 7]))
        assert "value 7" in error.message

    def test_sheet(self, ingest: Ingest, tmp_path: Path) -> None:
        source = self.write(tmp_path, ["a"], [1])
        assert ingest.frame(source, sheet="Other")["z"].tolist() == [5]
        assert "Data, Other" in ingest.refusal(source, sheet="Dta").hint

    def test_empty_sheet(self, ingest: Ingest, tmp_path: Path) -> None:
        source = self.write(tmp_path)
        assert list(ingest.frame(source)) == ["z"]
        assert "sheet 'Data' is empty" in ingest.refusal(source, sheet="Data").message

    def test_old_workbook_is_refused(self, ingest: Ingest, tmp_path: Path) -> None:
        xlwt = pytest.importorskip("xlwt")
        book = xlwt.Workbook()
        book.add_sheet("Data").write(0, 0, "a")
        book.save(str(tmp_path / "a.xls"))
        error = ingest.refusal(str(tmp_path / "a.xls"))
        assert "old or encrypted" in error.message
        assert ".xlsx" in error.hint

    def test_damaged(self, ingest: Ingest, tmp_path: Path) -> None:
        import zipfile

        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
            archive.writestr("[Content_Types].xml", "nonsense")
        assert "not a readable Excel workbook" in ingest.refusal(str(tmp_path / "a.xlsx")).message


class TestDelta:
    @pytest.fixture
    def table(self, tmp_path: Path) -> str:
        deltalake = pytest.importorskip("deltalake")
        path = str(tmp_path / "delta")
        deltalake.write_deltalake(path, pa.table({"a": [1, 2], "part": ["x", "y"]}), partition_by=["part"])
        deltalake.write_deltalake(path, pa.table({"a": [3], "part": ["x"]}), mode="append")
        return path

    def test_latest_version(self, ingest: Ingest, table: str) -> None:
        assert sorted(ingest.frame(table)["a"]) == [1, 2, 3]
        assert ingest(table).details == {"version": "1"}
        assert ingest(table, format="delta").format == "delta"

    def test_explicit_format(self, ingest: Ingest, table: str) -> None:
        assert ingest(table, format="parquet").rows == 3  # reads the data files directly

    def test_damaged(self, ingest: Ingest, table: str) -> None:
        for log in Path(table, "_delta_log").iterdir():
            log.unlink()
        assert "not a readable Delta table" in ingest.refusal(table).message

    def test_missing_data_file(self, ingest: Ingest, table: str) -> None:
        for file in Path(table).glob("part=*/*.parquet"):
            file.unlink()
        assert "cannot be read" in ingest.refusal(table).message

    def test_missing_package(self, ingest: Ingest, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "deltalake", None)
        assert ".[delta]" in ingest.refusal(table).hint

    def test_combined_with_other_sources(self, ingest: Ingest, table: str) -> None:
        assert "together" in ingest.refusal([table, table]).message
