"""Common tests of all registered readers."""

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from podium_ml.errors import DataError
from podium_ml.ingestion import read_frame
from podium_ml.ingestion.read import read_source
from podium_ml.readers import READERS, Confidence, Reader, SourceFile
from podium_ml.settings import ReaderOptions

ROWS = 3_000


def small_table(rows: int = 5) -> pa.Table:
    return pa.table(
        {
            "id": [f"{n:05}" for n in range(rows)],
            "whole": list(range(rows)),
            "real": [n + 0.25 for n in range(rows)],
            "gaps": [None if n % 2 else n + 0.5 for n in range(rows)],
            "wörter 😀": ["ä, b" if n % 2 else 'say "hi"' for n in range(rows)],
        }
    )


def write_csv(table: pa.Table, path: Path) -> str:
    pa.csv.write_csv(table, path)
    return str(path)


def write_tsv(table: pa.Table, path: Path) -> str:
    pa.csv.write_csv(table, path, pa.csv.WriteOptions(delimiter="\t"))
    return str(path)


def write_json_lines(table: pa.Table, path: Path) -> str:
    table.to_pandas().to_json(path, orient="records", lines=True)
    return str(path)


def write_parquet(table: pa.Table, path: Path) -> str:
    pa.parquet.write_table(table, path)
    return str(path)


def write_arrow(table: pa.Table, path: Path) -> str:
    with pa.ipc.new_file(path, table.schema) as file:
        file.write_table(table, max_chunksize=1_000)
    return str(path)


def write_excel(table: pa.Table, path: Path) -> str:
    table.to_pandas().to_excel(path, index=False)
    return str(path)


def write_sql(table: pa.Table, path: Path) -> str:
    from sqlalchemy import create_engine

    url = f"sqlite:///{path}"
    table.to_pandas().to_sql("rows", create_engine(url), index=False)
    return url


def write_delta(table: pa.Table, path: Path) -> str:
    deltalake = pytest.importorskip("deltalake")
    deltalake.write_deltalake(str(path), table)
    return str(path)


WRITERS: dict[str, Callable[[pa.Table, Path], str]] = {
    "csv": write_csv,
    "tsv": write_tsv,
    "json_lines": write_json_lines,
    "parquet": write_parquet,
    "arrow": write_arrow,
    "excel": write_excel,
    "sql": write_sql,
    "delta": write_delta,
}
# These, and readers of texts with spans, read no tables; their own tests cover them.
OTHERS = ("pictures", "text_files")
TABLES = {name: reader for name, reader in READERS.items() if not reader.kind and name not in OTHERS}
FILE_READERS = [name for name, reader in TABLES.items() if reader.takes in ("file", "seekable")]


@pytest.fixture(params=list(TABLES))
def reader(request: pytest.FixtureRequest) -> Reader:
    return READERS[request.param]


def suffix_of(reader: Reader) -> str:
    return reader.suffixes[0] if reader.suffixes else ""


def test_has_a_test_writer(reader: Reader) -> None:
    assert reader.name in WRITERS, "add a writer for the new format to this test"


def test_description_and_suffixes(reader: Reader) -> None:
    assert reader.description.endswith(".")
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in reader.suffixes)


def test_round_trip(reader: Reader, tmp_path: Path) -> None:
    table = small_table()
    source = WRITERS[reader.name](table, tmp_path / f"table{suffix_of(reader)}")
    frame = read_frame(source)
    assert list(frame.columns) == table.column_names
    assert frame["id"].tolist() == table["id"].to_pylist()
    assert frame["whole"].dtype == "int64"
    assert frame["real"].tolist() == table["real"].to_pylist()
    assert frame["gaps"].isna().tolist() == [value is None for value in table["gaps"].to_pylist()]
    assert frame["wörter 😀"].tolist() == table["wörter 😀"].to_pylist()


def test_equal_content_has_equal_fingerprint(reader: Reader, tmp_path: Path) -> None:
    table = small_table()
    source = WRITERS[reader.name](table, tmp_path / f"table{suffix_of(reader)}")
    reference = write_parquet(table, tmp_path / "reference.parquet")
    hashes = [
        read_source(one, ReaderOptions(), into=tmp_path / "out.parquet").fingerprint
        for one in (source, reference)
    ]
    assert hashes[0] == hashes[1]


def test_reads_many_rows_in_batches(reader: Reader, tmp_path: Path) -> None:
    table = small_table(ROWS)
    source = WRITERS[reader.name](table, tmp_path / f"table{suffix_of(reader)}")
    batches = list(reader.read(SourceFile(source, "table"), ReaderOptions()).batches)
    assert sum(batch.num_rows for batch in batches) == ROWS
    assert all(batch.schema.names == table.column_names for batch in batches)
    assert all(isinstance(batch, pa.RecordBatch) for batch in batches)


def test_reads_column_names_of_a_table_without_rows(reader: Reader, tmp_path: Path) -> None:
    if reader.is_sparse:
        pytest.skip("its names come with its rows")
    table = small_table().slice(0, 0)
    source = WRITERS[reader.name](table, tmp_path / f"table{suffix_of(reader)}")
    batches = list(reader.read(SourceFile(source, "table"), ReaderOptions()).batches)
    assert batches[0].schema.names == table.column_names
    with pytest.raises(DataError, match="no rows"):
        read_frame(source)


@pytest.mark.parametrize("name", FILE_READERS)
def test_rejects_an_empty_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"empty{suffix_of(READERS[name])}"
    path.touch()
    with pytest.raises(DataError, match="is empty") as caught:
        read_frame(str(path))
    assert str(path) in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("name", FILE_READERS)
def test_rejects_random_bytes(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"rubbish{suffix_of(READERS[name])}"
    path.write_bytes(b"\x00\x01\x02" + os.urandom(3_000))
    with pytest.raises(DataError, match="binary data") as caught:
        read_frame(str(path))
    assert str(path) in caught.value.message


@pytest.mark.parametrize("name", FILE_READERS)
def test_rejects_a_truncated_file(name: str, tmp_path: Path) -> None:
    whole = Path(WRITERS[name](small_table(ROWS), tmp_path / f"table{suffix_of(READERS[name])}"))
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(DataError, match="table"):
        read_frame(str(whole))


@pytest.mark.parametrize("name", FILE_READERS)
def test_reads_a_compressed_file(name: str, tmp_path: Path) -> None:
    import gzip

    plain = Path(WRITERS[name](small_table(), tmp_path / f"table{suffix_of(READERS[name])}"))
    packed = tmp_path / f"{plain.name}.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert len(read_frame(str(packed))) == 5


@pytest.mark.parametrize("name", FILE_READERS)
def test_is_detected_by_content_or_suffix(name: str, tmp_path: Path) -> None:
    reader = READERS[name]
    path = Path(WRITERS[name](small_table(), tmp_path / "table")) if name != "excel" else None
    if path is None:
        path = tmp_path / "table"
        Path(write_excel(small_table(), tmp_path / "table.xlsx")).rename(path)
    sure = [other.name for other in TABLES.values() if other.sniff(path.read_bytes()) == Confidence.SURE]
    assert sure in ([name], [])
    assert sure or reader.texts == "anything"
    assert len(read_frame(str(path))) == 5
