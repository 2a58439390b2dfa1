"""Attacks by data files: small ones that fill the memory or the disk, each refused in one message."""

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import pytest

from podium_ml.readers import _bounds, _workbook_bounds, json_lines
from podium_ml.readers._bounds import Allowance
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
    monkeypatch.setattr(json_lines, "_LARGEST_RECORD", 1000)
    assert len(ingest.refusal(write("a.jsonl", content)).message) < 300


def test_json_lines_up_to_the_limit(ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ['{"a": "x"}\n', '{"a": "' + "y" * 983 + '"}\n', '{"a": "z"}']
    monkeypatch.setattr(json_lines, "_LARGEST_RECORD", 1000)
    assert ingest.frame(write("a.jsonl", "".join(lines)))["a"].str[0].tolist() == ["x", "y", "z"]


def test_too_many_columns(ingest: Ingest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_bounds, "_MOST_COLUMNS", 50)
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
    monkeypatch.setattr(_bounds, "_ALWAYS_UNPACKED", 1 << 18)
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


def test_disk_without_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from podium_ml.errors import DataError

    monkeypatch.setattr(_bounds, "_free", lambda folder: 10)
    allowance = Allowance("a.csv", folder=tmp_path)
    allowance.take(10)
    with pytest.raises(DataError, match="does not fit on the disk"):
        allowance.take(1)


def _packed(content: bytes, suffix: str) -> bytes:
    import io

    import pyarrow as pa

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
