"""Delimited text files: CSV, TSV and similar formats."""

import csv
import itertools
import re
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as arrow_csv

from podium_ml.errors import DataError, SettingsError
from podium_ml.readers._batches import empty_batch
from podium_ml.readers._content import is_text, refuse_other_content
from podium_ml.readers._dialect import Dialect, RaggedHandler, find_dialect, fit, spell
from podium_ml.readers._encoding import Encoding, check_decodes, find_encoding, open_text, open_utf8
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

_BLOCK = 8 * 1024 * 1024
_SAMPLES = (256 * 1024, 64 * 1024 * 1024)
_SPELLED = {"\\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_NUMBER = re.compile(r"\s*[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?\s*")


def read_comma_separated(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read a delimited text file as text columns, preferring commas as the delimiter."""
    return _read(file, options, preferred=",")


def read_tab_separated(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read a delimited text file as text columns, preferring tabs as the delimiter."""
    return _read(file, options, preferred="\t")


def _read(file: SourceFile, options: ReaderOptions, *, preferred: str) -> Reading:
    given = _check_delimiter(options.delimiter)
    if not options.encoding:
        refuse_other_content(file, wanted="text file")
    encoding = find_encoding(file, given=options.encoding)
    if options.encoding:
        check_decodes(file, encoding)
    sample = _sample(file, encoding)
    dialect = find_dialect(sample, delimiter=given, preferred=preferred)
    if given:
        _check_columns(file, sample, dialect)
    names = _names(file, sample, dialect)
    details = {"delimiter": dialect.delimiter, "encoding": encoding.name, "quote": dialect.quote}
    if dialect.escape:
        details["escape"] = dialect.escape
    if file.compression:
        details["compression"] = file.compression
    warnings = [*_suspect_names(file, names), *_suspect_encoding(file, encoding)]
    if not re.search(rb"[\r\n]", sample):  # Arrow rejects a header without a line ending
        return Reading(iter([_no_rows(names)]), details, warnings)
    return Reading(_stream(file, encoding, dialect, names), details, warnings)


def _stream(
    file: SourceFile, encoding: Encoding, dialect: Dialect, names: list[str]
) -> Iterator[pa.RecordBatch]:
    ragged = RaggedHandler(stop=True)
    yield (last := _no_rows(names))
    with open_utf8(file, encoding) as stream:
        try:
            for batch in _open(stream, dialect, names, ragged):
                last = batch if batch.num_rows else last
                yield batch
        except pa.ArrowInvalid as error:
            raise _explain(file, encoding, dialect, ragged, error) from error
    if last.num_rows and "\n" in last.column(last.num_columns - 1)[-1].as_py():
        _check_last_quote(file, encoding, dialect)


def _open(
    stream: BinaryIO, dialect: Dialect, names: list[str], ragged: RaggedHandler
) -> arrow_csv.CSVStreamingReader:
    # Arrow counts rows only when it reads with one thread.
    return arrow_csv.open_csv(
        stream,
        read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK, skip_rows=dialect.skipped),
        parse_options=dialect.parse_options(ragged),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )


def _no_rows(names: list[str]) -> pa.RecordBatch:
    return empty_batch(pa.schema([(name, pa.string()) for name in names]))


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
    reader = arrow_csv.open_csv(
        pa.BufferReader(sample + b"\n"),
        read_options=arrow_csv.ReadOptions(
            use_threads=False, block_size=len(sample) + 2, skip_rows=dialect.skipped
        ),
        parse_options=dialect.parse_options(RaggedHandler(stop=False)),
    )
    return list(reader.schema.names)


def _suspect_names(file: SourceFile, names: list[str]) -> list[str]:
    if names and all(_NUMBER.fullmatch(name) for name in names):
        return [f"The first line of {file.label} looks like values, not like column names."]
    return []


def _suspect_encoding(file: SourceFile, encoding: Encoding) -> list[str]:
    if encoding.is_damaged:
        return [f"{file.label} has bytes that are not valid {encoding.name}; they were replaced by U+FFFD."]
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
    if fit(sample, dialect).columns > 1:
        return
    other = find_dialect(sample)
    if fit(sample, other).is_table:
        raise DataError(
            f"{file.label} has only one column with the delimiter {spell(dialect.delimiter)}.",
            f"The delimiter seems to be {spell(other.delimiter)}; omit the setting to have it inferred.",
        )


def _explain(
    file: SourceFile, encoding: Encoding, dialect: Dialect, ragged: RaggedHandler, error: pa.ArrowInvalid
) -> DataError:
    if ragged.first is not None:
        where = (
            _locate(file, encoding, dialect, ragged.first.expected_columns) or f"row {ragged.first.number}"
        )
        expected, found = ragged.first.expected_columns, ragged.first.actual_columns
        fields = "field" if found == 1 else "fields"
        return DataError(
            f"{file.label}, {where}: {found} {fields}, but the first line has {expected}.",
            "Quote fields that contain the delimiter "
            f"{spell(dialect.delimiter)}, and name every column in the first line.",
        )
    if "straddling" in str(error):
        return DataError(
            f"{file.label} has a row longer than {_BLOCK >> 20} MB.",
            "Check for a quote that is never closed.",
        )
    return DataError(
        f"{file.label} cannot be read as a text table: {error}.", "Check its delimiter and quotes."
    )


def _locate(file: SourceFile, encoding: Encoding, dialect: Dialect, expected: int) -> str:
    """Return the line of the first ragged row; it differs from the row number if values contain line breaks."""
    with open_text(file, encoding) as text:
        lines = csv.reader(
            itertools.islice(text, dialect.skipped, None),
            delimiter=dialect.delimiter,
            quotechar=dialect.quote or None,
            escapechar=dialect.escape or None,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        )
        begins = 1
        try:
            for row in lines:
                if row and len(row) != expected:
                    return f"line {begins + dialect.skipped}"
                begins = lines.line_num + 1
        except csv.Error:  # a field is too long for Python's csv module
            pass
    return ""


def _check_last_quote(file: SourceFile, encoding: Encoding, dialect: Dialect) -> None:
    """Raise an error if the file ends inside a quoted field, which then contains everything after the opening quote."""
    tail = b""
    with open_utf8(file, encoding) as stream:
        while chunk := stream.read(_BLOCK):
            tail = (tail + chunk)[-4096:]
    tail = tail.rstrip(b"\r\n")
    quotes = len(tail) - len(tail.rstrip(dialect.quote.encode()))
    if quotes % 2 == 0:
        raise DataError(
            f"{file.label} ends inside a quoted field.",
            f"Close the open quote {dialect.quote}, or double each quote that is part of the text.",
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
    ),
    Reader(
        name="tsv",
        description="Text with tabs between fields; like csv, but prefers tabs as the delimiter.",
        read=read_tab_separated,
        suffixes=(".tsv", ".tab"),
        texts="anything",
    ),
)
