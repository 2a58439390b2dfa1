"""Reading a source into one Parquet file: types come from whole columns, but memory holds only batches."""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from podium_ml.confinement import own_folder
from podium_ml.contracts.reading import Reading
from podium_ml.errors import DataError, SettingsError
from podium_ml.ingestion._canonical import to_canonical
from podium_ml.ingestion._column_types import ColumnEvidence, ColumnType, decide_types
from podium_ml.ingestion._convert import convert
from podium_ml.ingestion._known_options import with_known_options
from podium_ml.ingestion._locate import Located, find_texts, locate
from podium_ml.ingestion._parquet_output import ParquetOutput
from podium_ml.ingestion._pictures import with_pictures
from podium_ml.ingestion._spool import Spool
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.ingestion.column_names import (
    check_same_names,
    complete_names,
    is_blank,
    warn_of_unnamed,
)
from podium_ml.ingestion.content_hash import ContentHash
from podium_ml.ingestion.disk import writing
from podium_ml.ingestion.ingested_table import ColumnFacts, IngestedTable
from podium_ml.readers import SourceFile, is_mixed
from podium_ml.readers.text_files import NAME as TEXT_FILES
from podium_ml.run.concurrency import threads
from podium_ml.settings import ReaderOptions
from podium_ml.values.addresses import public_names, split_list
from podium_ml.values.nested import NESTED

if TYPE_CHECKING:
    import pandas as pd

# Of a long file, rows that are only looked at come from so many bytes.
BEGINNING_BYTES = 16 * 1024 * 1024


def read_source(
    source: str | Sequence[str],
    options: ReaderOptions,
    *,
    into: Path,
    hints: ColumnHints | None = None,
    most_rows: int | None = None,
) -> IngestedTable:
    """Read a source into a Parquet file.

    Rows are read once and kept aside. When all values have been seen, it is decided how each column is read, and the
    rows are written.
    Memory use is bounded for every format that can be streamed.

    Args:
        source: A file, folder, pattern, http(s), s3, minio or database URL, or several files.
        options: How to read it, if that cannot be inferred.
        into: Parquet file to write, with the column names and order of the source.
        hints: What is known about the columns, such as how other rows of them were read.
        most_rows: About how many rows to read from the beginning; by default all.

    Raises:
        DataError: The source cannot be read; the message says what is wrong, where, and what to do.
    """
    with writing(into):
        into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".work-") as work, own_folder(Path(work)):
        _check_decimal(options)
        hints = hints or ColumnHints()
        wanted = options.format or _known_texts(source, hints)
        located = locate(source, Path(work), wanted=wanted, kind=hints.kind)
        if most_rows is not None:
            located = located.beginnings(BEGINNING_BYTES)
        rows = _collect(located, options, hints, Path(work), most_rows)
        table = rows.write(into, source=source)
        return with_pictures(table, located.files, options, hints)


def _known_texts(source: str | Sequence[str], hints: ColumnHints) -> str:
    """Return the format of folders of texts if the other rows were such files; new ones may lie in no folder."""
    known = str(hints.reader.get("format", ""))
    return known if known == TEXT_FILES and find_texts(split_list(source), known) else ""


def read_frame(
    source: str | Sequence[str], options: ReaderOptions | None = None, *, hints: ColumnHints | None = None
) -> "pd.DataFrame":
    """Read a source as a data frame, with the same types as in a run; see ``read_source``."""
    return read_with_readings(source, options, hints=hints)[0]


def read_with_readings(
    source: str | Sequence[str], options: ReaderOptions | None = None, *, hints: ColumnHints | None = None
) -> "tuple[pd.DataFrame, dict[str, Reading]]":
    """Read a source as a data frame, and return how each column was read; see ``read_source``.

    What the user should know, such as rows that were left out, is warned of.
    """
    import warnings

    import pandas as pd

    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        into = Path(folder, "data.parquet")
        table = read_source(source, options or ReaderOptions(), into=into, hints=hints)
        for text in table.warnings:
            warnings.warn(text, UserWarning, stacklevel=3)
        return pd.read_parquet(table.path), {column.name: column.reading for column in table.columns}


def _collect(
    located: Located, options: ReaderOptions, hints: ColumnHints, work: Path, most_rows: int | None = None
) -> "_Rows":
    """Read all files once: like the rows that are known, or else as if nothing were known."""
    known = with_known_options(options, hints.reader, located)
    if known != options:
        with suppress(DataError, SettingsError):
            rows = _Rows(located, known, hints, work / "known")
            rows.collect(most_rows)
            if rows.names & hints.readings.keys():
                return rows
    rows = _Rows(located, options, hints, work / "rows")
    rows.collect(most_rows)
    return rows


class _Rows:
    """The rows of a source between the two passes over them."""

    def __init__(self, located: Located, options: ReaderOptions, hints: ColumnHints, work: Path) -> None:
        self._located, self._options, self._hints = located, options, hints
        work.mkdir()
        self._spool = Spool(work)
        self._evidence: dict[str, ColumnEvidence] = {}
        self._blank: dict[str, bool] = {}  # of unnamed columns: whether they hold nothing
        self._nested: set[str] = set()
        self._rows = 0
        self._details: dict[str, str] = {}
        self._warnings: list[str] = []

    @property
    def names(self) -> set[str]:
        """Names of the columns."""
        return set(self._evidence)

    def collect(self, most: int | None = None) -> None:
        """Read all files once, record what the columns contain, and keep the rows aside.

        Args:
            most: Number of rows after which reading stops.
        """
        with ThreadPoolExecutor(threads()) as pool:
            for file in self._located.files:
                reading = self._located.reader.read(file, self._options)
                for batch in self._checked(reading.batches, file):
                    self._learn(batch if most is None else batch.slice(0, most - self._rows), file, pool)
                    if most is not None and self._rows >= most:
                        break
                self._details = {**reading.details, **self._details}
                self._warnings += reading.warnings
        files = self._located.files
        label = files[0].label if len(files) == 1 else f"Each of {len(files)} files ({files[0].label}, ...)"
        self._leave_out_blank_columns(label)
        if not self._evidence:
            raise DataError(f"{label} is empty.", "Provide a table with rows.")
        if not self._rows:
            raise DataError(f"{label} has column names but no rows.", "Provide a table with rows.")

    def write(self, into: Path, *, source: str | Sequence[str]) -> IngestedTable:
        """Decide how the columns are read, and write the rows that were kept aside."""
        types = decide_types(
            self._evidence,
            given=self._options.decimal,
            delimiter=self._details.get("delimiter", ""),
            hints=self._hints,
        )
        schema = pa.schema([(name, column.type) for name, column in types.items()])
        digest, missing = ContentHash(schema), dict.fromkeys(types, 0)
        with ParquetOutput(into, schema) as output:
            for batch in self._converted(types, schema):
                digest.update(batch)
                output.write(batch)
                for name, array in zip(types, batch.columns, strict=True):
                    missing[name] += array.null_count
        return IngestedTable(
            path=into,
            source=public_names(source),
            format=self._located.reader.name,
            files=tuple(file.label for file in self._located.files),
            rows=self._rows,
            columns=tuple(
                _facts(name, column, missing[name], nested=name in self._nested)
                for name, column in types.items()
            ),
            details=self._details,
            fingerprint=digest.hexdigest(),
            warnings=tuple(dict.fromkeys(self._warnings)),
        )

    def _leave_out_blank_columns(self, label: str) -> None:
        """Leave out unnamed columns without values, which spreadsheet programs write for cells that once had one."""
        unnamed = [name for name, is_empty in self._blank.items() if not is_empty or not self._rows]
        self._warnings += warn_of_unnamed(unnamed, label=label)
        for name in set(self._blank) - set(unnamed):
            del self._evidence[name]

    def _checked(self, batches: Iterator[pa.RecordBatch], file: SourceFile) -> Iterator[pa.RecordBatch]:
        """Complete the column names of one file, and compare them with those of the other files."""
        others = list(self._evidence)
        is_sparse = self._located.reader.is_sparse
        for number, batch in enumerate(batches):
            if is_sparse and not batch.num_columns:
                continue
            names, unnamed = complete_names(batch.schema.names, label=file.label)
            batch = _with_partitions(batch.rename_columns(names), file)
            for name in unnamed:
                self._blank[name] = self._blank.get(name, True) and is_blank(batch.column(names.index(name)))
            if number == 0 and others and not is_sparse:
                first = self._located.files[0].label
                check_same_names(batch.schema.names, others, label=file.label, first=first)
            yield batch

    def _learn(self, batch: pa.RecordBatch, file: SourceFile, pool: ThreadPoolExecutor) -> None:
        arrays, work = [], []
        for field, array in zip(batch.schema, batch.columns, strict=True):
            is_category = pa.types.is_dictionary(array.type)
            name, array = field.name, self._canonical(field.name, array)
            texts = "anything" if name in file.partitions else self._located.reader.texts
            if name not in self._evidence:
                self._evidence[name] = ColumnEvidence(
                    texts, self._hints.missing_in(name), name in self._hints.labels
                )
            self._evidence[name].is_category |= is_category
            work.append(pool.submit(self._evidence[name].add, array, mixed=is_mixed(field)))
            arrays.append(array)
        self._rows += batch.num_rows
        for one in work:
            one.result()
        if batch.num_rows:
            self._spool.append(pa.RecordBatch.from_arrays(arrays, batch.schema.names))

    def _canonical(self, name: str, array: pa.Array) -> pa.Array:
        """Return an array of a canonical type; of a column of objects, only its name is kept."""
        canonical = to_canonical(array)
        if canonical is None:
            self._nested.add(name)
            return pa.nulls(len(array))
        return canonical

    def _converted(self, types: dict[str, ColumnType], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with ThreadPoolExecutor(threads()) as pool:
            for batch in self._spool:
                held = dict(zip(batch.schema.names, batch.columns, strict=True))
                absent = pa.nulls(batch.num_rows)
                arrays = pool.map(convert, (held.get(name, absent) for name in types), types.values())
                yield pa.RecordBatch.from_arrays(list(arrays), schema=schema)


def _facts(name: str, column: ColumnType, missing: int, *, nested: bool) -> ColumnFacts:
    kind, reading = str(column.type), column.reading
    if nested:
        kind, reading = NESTED, replace(reading, type=NESTED)
    return ColumnFacts(name, kind, missing, dict(sorted(column.markers.items())), column.note, reading)


def _with_partitions(batch: pa.RecordBatch, file: SourceFile) -> pa.RecordBatch:
    """Append the columns that the file's folder names define."""
    for name, value in file.partitions.items():
        if name not in batch.schema.names:
            batch = batch.append_column(name, pa.array([value] * batch.num_rows, pa.string()))
    return batch


def _check_decimal(options: ReaderOptions) -> None:
    if options.decimal not in ("", ".", ","):
        raise DataError(f"decimal: '{options.decimal}' is not a decimal mark.", "Use '.' or ','.")
