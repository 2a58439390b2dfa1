"""Attacks by data files: small ones that fill the memory or the disk, each refused in one message."""

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from podium_ml.errors import DataError
from podium_ml.readers import _decoded, _json_records, _parquet_rows, _workbook_bounds, json_lines
from podium_ml.readers._arrow_messages import check_messages
from podium_ml.readers._parquet_pages import unpacked_bytes
from podium_ml.values import bounds
from podium_ml.values.bounds import Allowance
from tests.unit.ingestion.ingesting import Ingest, Write

_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@pytest.fixture
def workbook(tmp_path: Path):
    """Return a function that writes a workbook with one sheet and shared texts."""

    def write(rows: str, *, shared: str = "", prolog: str = "") -> str:
        path = tmp_path / "book.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", _TYPES)
            archive.writestr(
                "_rels/.rels",
                f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
                'Target="xl/workbook.xml"/></Relationships>',
            )
            archive.writestr(
                "xl/workbook.xml",
                f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="s" sheetId="1" r:id="r1"/>'
                "</sheets></workbook>",
            )
            archive.writestr(
                "xl/_rels/workbook.xml.rels",
                f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
                f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{_OFFICE}/sharedStrings" '
                'Target="sharedStrings.xml"/></Relationships>',
            )
            archive.writestr(
                "xl/worksheets/sheet1.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            )
            archive.writestr("xl/sharedStrings.xml", f'{prolog}<sst xmlns="{_MAIN}">{shared}</sst>')
        return str(path)

    return write


def _row(number: int, **cells: object) -> str:
    inside = "".join(f'<c r="{column}{number}"><v>{value}</v></c>' for column, value in cells.items())
    return f'<row r="{number}">{inside}</row>'


_TABLE = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>' + _row(2, A=1, B=2)
_SHARED = "<si><t>a</t></si><si><t>b</t></si>"


def test_plain_workbook(ingest: Ingest, workbook) -> None:
    assert ingest.frame(workbook(_TABLE, shared=_SHARED)).to_dict("list") == {"a": [1], "b": [2]}


def test_shared_texts_of_a_workbook(ingest: Ingest, workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_workbook_bounds, "_HELD_BYTES", 1 << 20)
    path = workbook(_TABLE, shared=_SHARED + "<si><t>" + "x" * (2 << 20) + "</t></si>")
    assert Path(path).stat().st_size < 1 << 16
    assert "more than 1 MB of text beside its sheets" in ingest.refusal(path).message


def test_entities_of_a_workbook(ingest: Ingest, workbook) -> None:
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol" * 100}">' for n in range(10))
    path = workbook(_TABLE, shared="<si><t>&e9;</t></si>" * 2, prolog=f"<!DOCTYPE sst [{names}]>")
    assert "not a readable Excel workbook" in ingest.refusal(path).message


@pytest.mark.parametrize("number", [1_048_577, 99_999_999_999])
def test_far_row_of_a_workbook(ingest: Ingest, workbook, number: int) -> None:
    path = workbook(_TABLE + _row(number, A=1, B=2), shared=_SHARED)
    assert "too far from the table" in ingest.refusal(path).message


def test_far_cells_of_a_workbook(ingest: Ingest, workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_workbook_bounds, "_CELLS", 100_000)
    rows = "".join(_row(number, A=1, B=2, XFD="") for number in range(3, 20))
    assert "too far from the table" in ingest.refusal(workbook(_TABLE + rows, shared=_SHARED)).message


@pytest.mark.parametrize(
    "content", ['{"a": 1}\n{"a": "' + "x" * 5000, '{"a": 1}\n' + " " * 5000, "[" + "[" * 5000]
)
def test_json_line_without_end(
    ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setattr(_json_records, "_LARGEST_RECORD", 1000)
    assert len(ingest.refusal(write("a.jsonl", content)).message) < 300


def test_json_lines_up_to_the_limit(ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ['{"a": "x"}\n', '{"a": "' + "y" * 983 + '"}\n', '{"a": "z"}']
    monkeypatch.setattr(_json_records, "_LARGEST_RECORD", 1000)
    assert ingest.frame(write("a.jsonl", "".join(lines)))["a"].str[0].tolist() == ["x", "y", "z"]


def test_too_many_columns(ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_MOST_COLUMNS", 50)
    lines = "".join(f'{{"k{number}": 1}}\n' for number in range(60))
    assert "more than 50 columns" in ingest.refusal(write("a.jsonl", lines)).message
    header = ",".join(f"k{number}" for number in range(60))
    assert "more than 50 columns" in ingest.refusal(write("a.csv", f"{header}\n{header}\n")).message


def test_rows_with_other_keys_each(ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "_CELLS", 100)
    frame = ingest.frame(write("a.jsonl", "".join(f'{{"k{n % 40}": {n}, "n": {n}}}\n' for n in range(80))))
    assert frame["n"].tolist() == list(range(80))


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zip", "zst"])
@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_decompression(
    ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str, name: str
) -> None:
    monkeypatch.setattr(bounds, "_ALWAYS_UNPACKED", 1 << 18)
    content = (b"a,b\n" if name == "a.csv" else b"PAR1") + b"0,0\n" * (1 << 19)
    path = write(f"{name}.{suffix}", _packed(content, suffix))
    assert Path(path).stat().st_size < len(content) / 250
    error = ingest.refusal(path)
    assert "unpacks to more than 250 times its size" in error.message
    assert "unpack it yourself" in error.hint


def test_ordinary_compression(ingest: Ingest, write: Write) -> None:
    content = b"a,b\n" + b"".join(b"%d,x\n" % number for number in range(1000))
    assert len(ingest.frame(write("a.csv.gz", gzip.compress(content)))) == 1000


def test_largest_file(ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.csv", "a,b\n" + "1,2\n" * 1000)
    monkeypatch.setenv("PODIUM_MAX_DATA", "2k")
    error = ingest.refusal(path)
    assert "the most that is read from one file" in error.message
    assert "PODIUM_MAX_DATA" in error.hint
    monkeypatch.setenv("PODIUM_MAX_DATA", "1M")
    assert len(ingest.frame(path)) == 1000


_BIG = "x" * 100_000


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that small files exceed."""
    monkeypatch.setattr(bounds, "_ALWAYS_UNPACKED", 1 << 22)
    monkeypatch.setattr(_decoded, "BATCH_BYTES", 1 << 20)
    monkeypatch.setattr(_parquet_rows, "BATCH_BYTES", 1 << 20)


def _repeating(rows: int) -> pa.DictionaryArray:
    """Return references to one large text."""
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), [_BIG])


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=12))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", ["a.arrow", "a.arrows"])
def test_damaged_messages(tmp_path: Path, name: str, at: int, bytes_: bytes) -> None:
    """What is written over a message is an error of the file, or nothing."""
    path = Path(
        _saved(pa.table({"a": ["x", "y"] * 100, "n": range(200)}), tmp_path / name, compression="zstd")
    )
    content = bytearray(path.read_bytes())
    at %= len(content)
    content[at : at + len(bytes_)] = bytes_
    path.write_bytes(content)
    with suppress(DataError, pa.ArrowException, OSError):
        check_messages(str(path), is_stream=name == "a.arrows", label=name, packed=len(content))


def _views(rows: int) -> pa.Array:
    """Return views of one large text."""
    one = pa.array([_BIG], pa.string_view())
    _, view, text = one.buffers()
    return pa.Array.from_buffers(one.type, rows, [None, pa.py_buffer(view.to_pybytes()[:16] * rows), text])


REPEATING = {
    "texts.parquet": lambda: _repeating(1000),
    "lists.parquet": lambda: pa.array([[_BIG, "a"]] * 1000),
    "bytes.parquet": lambda: pa.array([_BIG.encode()] * 1000),
    "fixed.parquet": lambda: pa.array([_BIG.encode()] * 1000, pa.binary(len(_BIG))),
    "texts.arrow": lambda: _repeating(1000),
    "texts.arrows": lambda: _repeating(1000),
    "lists.arrow": lambda: pa.ListArray.from_arrays(range(1001), _repeating(1000)),
    "runs.arrow": lambda: pa.RunEndEncodedArray.from_arrays([999, 1000], [_BIG, "a"]),
    "views.arrow": lambda: _views(1000),
}


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("name", REPEATING)
def test_one_large_value_many_times(
    ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = _saved(pa.table({"a": REPEATING[name](), "n": range(1000)}), tmp_path / name)
    assert Path(path).stat().st_size < 400_000
    largest = _watch_memory(monkeypatch)
    error = ingest.refusal(path)
    assert "unpacks to more than 250 times its size" in error.message
    assert max(largest, default=0) < 1 << 22


def _watch_memory(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Record the bytes of each batch that a reader decodes."""
    seen, inner = [], _decoded._size
    monkeypatch.setattr(_decoded, "_size", lambda batch: seen.append(batch.nbytes) or inner(batch))
    return seen


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.arrows", "a.feather"])
def test_pages_of_zeros(ingest: Ingest, tmp_path: Path, name: str) -> None:
    table = pa.table({"a": pa.array([f"{'0' * 100_000}{row}" for row in range(300)]), "n": range(300)})
    path = _saved(table, tmp_path / name, compression="zstd", use_dictionary=False)
    assert "unpacks to more than 250 times its size" in ingest.refusal(path).message


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("compression", ["zstd", "gzip", "brotli"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_pages_that_are_larger_than_the_footer_says(
    ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: str, version: str
) -> None:
    path = tmp_path / "a.parquet"
    rows = [f"{'0' * 100_000}{row}" for row in range(100)]
    pq.write_table(
        pa.table({"a": rows, "n": range(100)}), path, compression=compression, data_page_version=version
    )
    metadata = pq.read_metadata(path)
    assert metadata.row_group(0).column(0).statistics.has_null_count
    said = metadata.row_group(0).column(0).total_uncompressed_size
    assert 0.99 * said < unpacked_bytes(path, metadata, [0]) <= said
    # The footer as the attacker writes it.
    monkeypatch.setattr(_parquet_rows, "check_unpacked", _ignore_footer(metadata))
    assert "unpacks to more than 250 times its size" in ingest.refusal(str(path)).message


def _ignore_footer(metadata: pq.FileMetaData) -> Callable[[str, int, int], None]:
    said = metadata.row_group(0).total_byte_size
    return lambda label, size, packed: (
        bounds.check_unpacked(label, size, packed) if 0.99 * said < size < 0.9999 * said else None
    )


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_sizes_of_pages(tmp_path: Path, version: str) -> None:
    """What the pages say and what an honest footer says differ by the headers of the pages alone."""
    rows = 50_000
    table = pa.table(
        {
            "number": np.random.default_rng(0).normal(size=rows),
            "class": ["yes", "no"] * (rows // 2),
            "text": [f"customer number {row}" for row in range(rows)],
            "list": [[0, row] for row in range(rows)],
            "missing": pa.nulls(rows),
        }
    )
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, compression="zstd", data_page_version=version, row_group_size=rows // 3)
    metadata = pq.read_metadata(path)
    for at in range(metadata.num_columns):
        groups = [metadata.row_group(group).column(at) for group in range(metadata.num_row_groups)]
        said = sum(group.total_uncompressed_size for group in groups)
        assert said - 2000 < unpacked_bytes(path, metadata, [at]) < said


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=12))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_pages(tmp_path: Path, at: int, over: bytes) -> None:
    """What is written over a page is an error of the file, or nothing, and takes no time."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": ["x", "y"] * 1000, "b": ["z"] * 2000}), path, compression="zstd")
    metadata, content = pq.read_metadata(path), bytearray(path.read_bytes())
    at %= len(content)
    content[at : at + len(over)] = over
    path.write_bytes(content)
    with suppress(ValueError):
        unpacked_bytes(path, metadata, [0, 1])


@pytest.mark.usefixtures("small_bounds")
def test_lists_without_end(ingest: Ingest, tmp_path: Path) -> None:
    path = _saved(
        pa.table({"a": [[0] * 1_000_000, [1]], "n": [1, 2]}), tmp_path / "a.parquet", compression="zstd"
    )
    assert Path(path).stat().st_size < 1 << 14
    assert "unpacks to more than 250 times its size" in ingest.refusal(path).message


@pytest.mark.usefixtures("small_bounds")
def test_footer_beside_harmless_messages(ingest: Ingest, tmp_path: Path) -> None:
    """An Arrow file is read as its footer says, so what precedes it proves nothing."""
    bomb = pa.table({"a": ["0" * 8_000_000], "n": [1]})
    path = _saved(bomb, tmp_path / "a.arrow", compression="zstd")
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[:8] + b"\xff\xff\xff\xff\0\0\0\0" + content[16:])
    assert ingest.refusal(path).message


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.arrows", "a.feather"])
def test_honest_repetition(ingest: Ingest, tmp_path: Path, name: str) -> None:
    rows = 50_000
    table = pa.table(
        {
            "zeros": np.zeros(rows),
            "class": pa.array(["yes", "no"] * (rows // 2)).dictionary_encode(),
            "text": [f"customer number {row}" for row in range(rows)],
            "list": [[0.0] * 4] * rows,
        }
    )
    frame = ingest.frame(_saved(table, tmp_path / name, compression="zstd"))
    assert frame["class"].tolist() == ["yes", "no"] * (rows // 2)
    assert frame["text"].is_unique
    assert len(frame.columns) == 4


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_large_values_are_read_in_small_batches(
    ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    texts = pa.array(np.random.default_rng(0).bytes(50_000).hex() for _ in range(20)).dictionary_encode()
    path = _saved(pa.table({"a": texts, "n": range(20)}), tmp_path / name)
    largest = _watch_memory(monkeypatch)
    assert ingest.frame(path)["a"].tolist() == texts.to_pylist()
    assert len(largest) > 2


def _saved(
    table: pa.Table, path: Path, *, compression: str | None = None, use_dictionary: bool = True
) -> str:
    if path.suffix == ".parquet":
        plain = pa.table(
            {n: c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c for n, c in _columns(table)}
        )
        pq.write_table(plain, path, compression=compression or "snappy", use_dictionary=use_dictionary)
    elif path.suffix == ".feather":
        pyarrow.feather.write_feather(table, path, compression=compression or "lz4")
    else:
        options = pa.ipc.IpcWriteOptions(compression=compression)
        new = pa.ipc.new_file if path.suffix == ".arrow" else pa.ipc.new_stream
        with new(path, table.schema, options=options) as file:
            file.write_table(table)
    return str(path)


def _columns(table: pa.Table) -> list[tuple[str, pa.ChunkedArray]]:
    return list(zip(table.column_names, table.columns, strict=True))


def test_disk_without_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_free", lambda folder: 10)
    allowance = Allowance("a.csv", folder=tmp_path)
    allowance.take(10)
    with pytest.raises(DataError, match="does not fit on the disk"):
        allowance.take(1)


def _packed(content: bytes, suffix: str) -> bytes:
    import io

    if suffix == "zip":
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inside", content)
        return stream.getvalue()
    if suffix == "zst":
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as target:
            target.write(content)
        return sink.getvalue().to_pybytes()
    return {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[suffix](content)
