"""Tests of the stage ``ingest_data``, including fingerprints, full disks and large tables."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from podium_ml.errors import DataError
from podium_ml.ingestion import fingerprint_source
from podium_ml.ingestion._parquet_output import ParquetOutput
from podium_ml.ingestion._spool import Spool
from podium_ml.ingestion.content_hash import ContentHash
from podium_ml.stages.ingest_data import run
from tests.unit.ingestion.ingesting import Write

TABLE = "id,n,word\n001,1,a\n002,,b\n"


def facts_of(folder: Path) -> dict[str, object]:
    return json.loads((folder / "ingestion.json").read_text())


class TestStage:
    def test_files(self, write: Write, tmp_path: Path) -> None:
        folder = tmp_path / "table"
        result = run(source=write("a.csv", TABLE), test="", reader={}, table=str(folder))
        assert result["rows"] == 2
        assert result["columns"] == 3
        assert sorted(path.name for path in folder.iterdir()) == ["data.parquet", "ingestion.json"]
        facts = facts_of(folder)
        assert facts["format"] == "csv"
        assert facts["details"] == {"delimiter": ",", "encoding": "utf-8", "quote": '"'}
        assert [(c["name"], c["type"]) for c in facts["columns"]] == [  # type: ignore[attr-defined]
            ("id", "string"),
            ("n", "int64"),
            ("word", "string"),
        ]
        assert isinstance(pd.read_parquet(folder / "data.parquet").index, pd.RangeIndex)

    def test_test_data_has_the_same_types(self, write: Write, tmp_path: Path) -> None:
        folder = tmp_path / "table"
        source, test = write("a.csv", TABLE), write("b.csv", "id;n;word\n123;4;\n")
        result = run(source=source, test=test, reader={}, table=str(folder))
        assert result["test_rows"] == 1
        assert pq.read_schema(folder / "test.parquet").equals(pq.read_schema(folder / "data.parquet"))
        assert pd.read_parquet(folder / "test.parquet")["id"].tolist() == ["123"]
        alone = run(source=source, test="", reader={}, table=str(tmp_path / "alone"))
        assert alone["fingerprint"] != result["fingerprint"]

    def test_options(self, write: Write, tmp_path: Path) -> None:
        source = write("a.csv", "a:b\n1:2\n")
        assert (
            run(source=source, test="", reader={"delimiter": ":"}, table=str(tmp_path / "t"))["columns"] == 2
        )

    def test_failure_leaves_no_table(self, write: Write, tmp_path: Path) -> None:
        folder = tmp_path / "table"
        with pytest.raises(DataError):
            run(
                source=write("a.csv", "a,b\n" + "1,2\n" * 1_000 + "3\n"),
                test="",
                reader={},
                table=str(folder),
            )
        assert list(folder.iterdir()) == []


class TestFingerprint:
    def test_local_source(self, write: Write, tmp_path: Path) -> None:
        source = write("data/a.csv", TABLE)
        first = fingerprint_source(source)
        assert len(first) == 64
        assert fingerprint_source(str(tmp_path / "data" / "*.csv")) == first
        write("data/a.csv", TABLE.replace("b", "c"))
        assert fingerprint_source(source) != first

    def test_delta_table_includes_its_log(self, write: Write, tmp_path: Path) -> None:
        write("delta/a.parquet", "x")
        write("delta/_delta_log/0.json", "x")
        first = fingerprint_source(str(tmp_path / "delta"))
        write("delta/_delta_log/1.json", "y")
        assert fingerprint_source(str(tmp_path / "delta")) != first

    @pytest.mark.parametrize(
        "source", ["http://host/a.csv", "s3://b/k", "sqlite:///a.db", "no/such/file", "gs://x"]
    )
    def test_unsupported_source(self, source: str) -> None:
        assert fingerprint_source(source) == ""

    def test_no_third_party_imports(self) -> None:
        code = (
            "import sys; from podium_ml.ingestion.fingerprint import fingerprint_source;"
            "fingerprint_source(sys.executable);"
            "print({m.partition('.')[0] for m in sys.modules} - set(sys.stdlib_module_names))"
        )
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        shown = subprocess.run(
            [sys.executable, "-S", "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        assert eval(shown.stdout) - {"__main__"} == {"podium_ml"}

    def test_content_hash_does_not_depend_on_batches(self) -> None:
        table = pa.table(
            {
                "s": ["a", None, "ü", ""] * 5,
                "f": [1.5, float("nan"), None, -0.0] * 5,
                "b": [True, None, False, True] * 5,
                "l": [[1, None], None, [], [3]] * 5,
                "t": pa.array([1, None, 3, 4] * 5, pa.timestamp("us", "UTC")),
                "x": [b"\xff", None, b"", b"a"] * 5,
                "n": pa.array([[], None, [None], []] * 5, pa.list_(pa.null())),
            }
        )
        hashes = set()
        for rows in (1, 3, 20):
            digest = ContentHash(table.schema)
            for batch in table.to_batches(rows):
                digest.update(batch)
            hashes.add(digest.hexdigest())
        assert len(hashes) == 1

    @pytest.mark.parametrize(
        "other",
        [{"a": ["x", "yz"]}, {"a": ["xy", None]}, {"a": ["xy", ""]}, {"b": ["xy", "z"]}, {"a": ["xyz"]}],
    )
    def test_content_hash_distinguishes_tables(self, other: dict[str, list[str]]) -> None:
        hashes = set()
        for columns in ({"a": ["xy", "z"]}, other):
            table = pa.table(columns)
            digest = ContentHash(table.schema)
            digest.update(table.to_batches()[0])
            hashes.add(digest.hexdigest())
        assert len(hashes) == 2


class TestDisk:
    def test_full_disk(self, tmp_path: Path) -> None:
        """Write to /dev/full, which fails every write as a full disk does."""
        (tmp_path / "data.parquet.partial").symlink_to("/dev/full")
        batch = pa.record_batch({"a": os.urandom(200_000).hex().split("0")})
        output = ParquetOutput(tmp_path / "data.parquet", batch.schema)
        with (
            pytest.raises(DataError, match=r"No space is left on the disk while writing .*data\.parquet"),
            output,
        ):
            output.write(batch)
        assert list(tmp_path.iterdir()) == []

    def test_full_disk_while_spooling(self, tmp_path: Path) -> None:
        (tmp_path / "spool-0.arrows").symlink_to("/dev/full")
        spool = Spool(tmp_path, memory=0)
        with pytest.raises(DataError, match="No space"):
            spool.append(pa.record_batch({"a": [os.urandom(1_000_000).hex()]}))

    def test_folder_that_cannot_be_created(self, write: Write) -> None:
        blocked = write("file", "x")
        with pytest.raises(DataError, match="cannot be written"):
            run(source=write("a.csv", TABLE), test="", reader={}, table=f"{blocked}/table")

    def test_spool_preserves_order(self, tmp_path: Path) -> None:
        batches = [
            pa.record_batch({"a": pa.array([n] * 100, pa.int64() if n % 3 else pa.float64())})
            for n in range(10)
        ]
        spool = Spool(tmp_path, memory=3_000)
        for batch in batches:
            spool.append(batch)
        assert len(list(tmp_path.iterdir())) > 2
        assert [batch.to_pydict() for batch in spool] == [batch.to_pydict() for batch in batches]


def test_memory_does_not_grow_with_file_size(tmp_path: Path) -> None:
    """Compare the peak memory of separate processes that read 100,000 and 300,000 rows."""
    words = "some words of a row " * 20
    rows = "".join(f"{n},{words}{n},2024-01-01\n" for n in range(50_000))
    peaks = []
    for times in (2, 6):
        path = tmp_path / "a.csv"
        with path.open("w") as file:
            file.write("i,s,t\n")
            for _ in range(times):
                file.write(rows)
        code = (
            "import resource, sys; from podium_ml.stages.ingest_data import run;"
            "run(source=sys.argv[1], test='', reader={}, table=sys.argv[2]);"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
        )
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", code, str(path), str(tmp_path / "table")],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(done.stdout))
    assert path.stat().st_size > 100_000_000
    assert peaks[1] < peaks[0] + 100
