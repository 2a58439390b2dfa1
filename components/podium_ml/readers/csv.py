"""Delimited text files: CSV, TSV and similar formats."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.csv as arrow_csv

from podium_ml.errors import DataError, SettingsError
from podium_ml.readers._cells import is_value
from podium_ml.readers._content import is_text, refuse_other_content
from podium_ml.readers._csv_file import CsvFile
from podium_ml.readers._csv_rows import read_batches
from podium_ml.readers._csv_stream import stream_batches
from podium_ml.readers._dialect import DELIMITERS, Dialect, RaggedHandler, Top, find_dialect, fit, spell
from podium_ml.readers._encoding import Encoding, check_decodes, find_encoding, open_utf8
from podium_ml.readers._quoted_lines import are_lines_quoted
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._rows import LeftOut
from podium_ml.readers._source_file import SourceFile
from podium_ml.readers._told import tell_header, tell_left_out
from podium_ml.settings import ReaderOptions
from podium_ml.values.bounds import check_columns

_SAMPLES = (256 * 1024, 64 * 1024 * 1024)
_SPELLED = {"\\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}


def read_comma_separated(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read a delimited text file as text columns, preferring commas as the delimiter."""
    return _read(file, options, preferred=",")


def read_tab_separated(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read a delimited text file as text columns, preferring tabs as the delimiter."""
    return _read(file, options, preferred="\t")


def _read(source: SourceFile, options: ReaderOptions, *, preferred: str) -> Reading:
    given = _check_delimiter(options.delimiter)
    if not options.encoding:
        refuse_other_content(source, wanted="text file")
    encoding = find_encoding(source, given=options.encoding)
    if options.encoding:
        check_decodes(source, encoding)
    sample = _sample(source, encoding)
    if are_lines_quoted(sample):
        encoding = replace(encoding, quotes_lines=True)
        sample = _sample(source, encoding)
    first_line = sample.split(b"\n", 1)[0]
    check_columns(max(first_line.count(one.encode()) for one in DELIMITERS), label=source.label)
    keeps = options.extra_rows == "keep"
    top = Top(
        options.header_row - 1 if options.header_row else options.skip_rows, bool(options.header_row), keeps
    )
    dialect = find_dialect(sample, delimiter=given, preferred=preferred, top=top)
    names = _names(source, sample, dialect)
    if given and len(names) < 2:
        _check_columns(source, sample, dialect)
    file = CsvFile.begin(source, encoding, dialect, names, sample=sample, keeps_extra_rows=keeps)
    warnings = [*_suspect_names(source, names), *encoding.doubts(source.label)]
    if encoding.quotes_lines:
        warnings.append(f"{source.label}: each line is in quotes as a whole; they were taken off.")
    above = [] if options.header_row else file.above[options.skip_rows :]
    warnings += tell_header(source.label, f"line {dialect.skipped + 1}", above, file.units)
    return Reading(_batches(file, sample, warnings), _details(file), warnings)


def _batches(file: CsvFile, sample: bytes, warnings: list[str]) -> Iterator[pa.RecordBatch]:
    yield file.no_rows
    left_out = LeftOut()
    if not re.search(rb"[\r\n]", sample):  # Arrow rejects a header without a line ending
        return
    needs_python = file.dialect.is_spaced or file.dialect.is_uneven
    yield from (read_batches if needs_python else stream_batches)(file, left_out)
    warnings += tell_left_out(file.source.label, left_out)


def _details(file: CsvFile) -> dict[str, str]:
    dialect = file.dialect
    details = {"delimiter": dialect.delimiter, "encoding": file.encoding.name, "quote": dialect.quote}
    if dialect.escape:
        details["escape"] = dialect.escape
    if dialect.skipped:
        details["header_row"] = str(dialect.skipped + 1)
    if file.source.compression:
        details["compression"] = file.source.compression
    return details


def _sample(file: SourceFile, encoding: Encoding) -> bytes:
    """Return complete lines from the beginning of the file, at least the header."""
    for size in _SAMPLES:
        with open_utf8(file, encoding) as stream:
            sample = stream.read(size)
        if len(sample) < size:
            return sample
        end = max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1
        if end:
            return sample[:end]
    raise DataError(
        f"{file.label}: the first line is longer than {_SAMPLES[-1] >> 20} MB.", "Check that it is a table."
    )


def _names(file: SourceFile, sample: bytes, dialect: Dialect) -> list[str]:
    text = sample.decode("utf-8", errors="replace").removeprefix("\ufeff")
    if not text.strip():
        raise DataError(f"{file.label} is empty.", "Give a file with column names and rows.")
    if dialect.is_spaced:
        return next(
            row
            for line, row in dialect.rows(io.StringIO(text, newline=""))
            if line >= dialect.skipped and row
        )
    try:
        reader = arrow_csv.open_csv(
            pa.BufferReader(sample + b"\n"),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=len(sample) + 2, skip_rows=dialect.skipped
            ),
            parse_options=dialect.parse_options(RaggedHandler(most=len(sample))),
        )
    except pa.ArrowInvalid:
        raise DataError(
            f"{file.label} has fewer than {dialect.skipped + 1} lines.", "Check skip_rows and header_row."
        ) from None
    return list(reader.schema.names)


def _suspect_names(file: SourceFile, names: list[str]) -> list[str]:
    if names and all(map(is_value, names)):
        return [f"The first line of {file.label} looks like values, not like column names."]
    return []


def _check_delimiter(given: str) -> str:
    delimiter = _SPELLED.get(given, given)
    if len(delimiter) > 1 or not delimiter.isascii() or delimiter in ("\n", "\r", '"'):
        raise SettingsError(
            f"delimiter: '{given}' is not a single plain character.", "Use ; or tab, for example."
        )
    return delimiter


def _check_columns(file: SourceFile, sample: bytes, dialect: Dialect) -> None:
    """Raise an error if the user's delimiter leaves everything in one column and another one fits."""
    other = find_dialect(sample)
    if fit(sample, replace(other, skipped=0)).is_table or other.skipped:
        raise DataError(
            f"{file.label} has only one column with the delimiter {spell(dialect.delimiter)}.",
            f"The delimiter seems to be {spell(other.delimiter)}; omit the setting to have it inferred.",
        )


def _sniff(head: bytes) -> Confidence:
    return Confidence.PERHAPS if is_text(head) else Confidence.NO


SPECS = (
    Reader(
        name="csv",
        description="Text with a comma, semicolon, tab or pipe between fields; encoding and quotes are inferred.",
        read=read_comma_separated,
        suffixes=(".csv", ".txt", ".dat", ".data"),
        sniff=_sniff,
        texts="anything",
        can_be_cut=True,
    ),
    Reader(
        name="tsv",
        description="Text with tabs between fields; like csv, but prefers tabs as the delimiter.",
        read=read_tab_separated,
        suffixes=(".tsv", ".tab"),
        texts="anything",
        can_be_cut=True,
    ),
)
