"""Packing the pictures of a table: columns that hold or name pictures become columns of packed ones."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from podium_ml.contracts.reading import IMAGE, Reading
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.ingestion.disk import writing
from podium_ml.ingestion.ingested_table import ColumnFacts, IngestedTable
from podium_ml.media.at_once import at_once
from podium_ml.media.decoding import decode
from podium_ml.media.errors import PictureError
from podium_ml.media.named_files import folders_below
from podium_ml.media.packing import is_packed, is_small, pack, packed_side
from podium_ml.media.places import LARGEST
from podium_ml.media.references import References, is_reference
from podium_ml.readers import READERS, SourceFile, told_of_pictures
from podium_ml.settings import ReaderOptions
from podium_ml.values.addresses import place_of

# Values that are looked at to see whether a column holds pictures, how many must be some, and how many are opened.
_LOOKED_AT, _MOST, _OPENED = 200, 0.9, 20
_ROWS = 256
# Longest side of what was packed before that is kept as it is.
_KEPT = 512
_LONGEST = 60


def with_pictures(
    table: IngestedTable, files: Sequence[SourceFile], options: ReaderOptions, hints: ColumnHints
) -> IngestedTable:
    """Pack the pictures of an ingested table, and return the facts about it.

    Args:
        table: The table, whose file is replaced if it has pictures.
        files: The files that it was read from; paths in its cells start from their folders.
        options: The user's options.
        hints: What is known about the columns.

    Raises:
        DataError: Most pictures of a column cannot be read.
    """
    folders = list(dict.fromkeys(file.path.parent for file in files if place_of(file.label) == "local"))
    near = folders_below(folders[0]) if len(folders) == 1 else []
    references = References([file.path.parent for file in files], _fetch, home=_home(files), near=near)
    names = _picture_columns(table, references, hints)
    if not names:
        return table
    side = options.picture_size or int(table.details.get("picture_size", 0)) or packed_side(table.rows)
    packing = _Packing(references, side, known=frozenset(hints.readings))
    missing = packing.replace_columns(table.path, names)
    columns = tuple(
        _as_picture(one, missing[one.name]) if one.name in names else one for one in table.columns
    )
    return replace(
        table,
        columns=columns,
        details={**table.details, "picture_size": str(side)},
        fingerprint=hashlib.sha256(f"{table.fingerprint}{packing.digest}".encode()).hexdigest(),
        warnings=(*table.warnings, *packing.warnings()),
    )


def _as_picture(column: ColumnFacts, missing: int) -> ColumnFacts:
    return replace(column, type=IMAGE, missing=missing, markers={}, note="", reading=Reading(type=IMAGE))


def _picture_columns(table: IngestedTable, references: References, hints: ColumnHints) -> list[str]:
    """Return the columns that hold pictures: as they did in the rows that are known, or as their values say."""
    found, spoken_for = [], hints.labels | hints.texts
    # Rows that were made of pictures hold them, and names that are no references.
    types = ("binary",) if READERS[table.format].takes == "pictures" else ("string", "binary")
    with pq.ParquetFile(table.path) as file:
        for column in table.columns:
            known = hints.readings.get(column.name)
            if known is None:
                may_hold = column.type in types and column.name not in spoken_for
                holds = may_hold and _holds_pictures(list(_first_values(file, column.name)), references)
            else:
                holds = known.type == IMAGE
            if holds:
                found.append(column.name)
    return found


def _first_values(file: pq.ParquetFile, name: str) -> Iterator[Any]:
    batches = file.iter_batches(_ROWS, columns=[name])
    values = (value for batch in batches for value in batch.column(0).to_pylist())
    return islice((value for value in values if value), _LOOKED_AT)


def _holds_pictures(values: list[Any], references: References) -> bool:
    """Whether nearly all values are or name pictures, and some of them can be opened."""
    are_texts = isinstance(next(iter(values), None), str)
    if are_texts and sum(map(is_reference, values)) < _MOST * len(values):
        return False
    return any(_opens(value, references) for value in values[:_OPENED])


def _opens(value: Any, references: References) -> bool:
    try:
        decode(value if isinstance(value, bytes) else references.read(value), most=8)
    except PictureError:
        return False
    return True


class _Packing:
    """Packs columns of a Parquet file in place, batch by batch.

    Args:
        references: Reads what cells refer to.
        side: Longest side in pixels.
        known: Columns whose pictures may all be unreadable, because these are new rows.
    """

    def __init__(self, references: References, side: int, *, known: frozenset[str]) -> None:
        self._references, self._side, self._known = references, side, known
        self._digest = hashlib.sha256()
        self._unreadable: dict[str, list[str]] = {}
        self._count: dict[str, int] = {}

    @property
    def digest(self) -> str:
        """Hash of all packed pictures."""
        return self._digest.hexdigest()

    def replace_columns(self, path: Path, names: Sequence[str]) -> dict[str, int]:
        """Pack columns of a Parquet file, and return how many of their values are missing."""
        missing = dict.fromkeys(names, 0)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".pictures-") as folder, writing(path):
            made = Path(folder, path.name)
            with pq.ParquetFile(path) as file:
                schema = _with_binary(file.schema_arrow, names)
                with pq.ParquetWriter(made, schema) as output:
                    row = 0
                    for batch in file.iter_batches(_ROWS):
                        arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
                        for name in names:
                            arrays[name] = self._packed(arrays[name].to_pylist(), name, row)
                            missing[name] += arrays[name].null_count
                        output.write_batch(pa.RecordBatch.from_arrays(list(arrays.values()), schema=schema))
                        row += batch.num_rows
            made.replace(path)
        return missing

    def warnings(self) -> Iterable[str]:
        """Return what the user should know about unreadable pictures.

        Raises:
            DataError: Most pictures of a column of labelled rows cannot be read.
        """
        for name, texts in self._unreadable.items():
            count = self._count[name] if name not in self._known else 2 * len(texts)
            yield from (
                f"Column '{name}': {text.replace('are left out', 'count as missing')}"
                for text in told_of_pictures(texts, max(count, self._count[name]))
            )

    def _packed(self, values: list[Any], name: str, row: int) -> pa.Array:
        made: list[bytes | None] = []
        self._count[name] = self._count.get(name, 0) + sum(value is not None for value in values)
        for at, (value, one) in enumerate(zip(values, at_once(self._one, values), strict=True)):
            if isinstance(one, str):
                where = f"{_shown(value)} (row {row + at + 1})"
                self._unreadable.setdefault(name, []).append(f"{where} {one}")
            made.append(None if isinstance(one, str) else one)
            self._digest.update(made[-1] or b"\0")
        return pa.array(made, pa.binary())

    def _one(self, value: bytes | str | None) -> bytes | str | None:
        """Return a packed picture, why there is none, or ``None`` for a missing value."""
        if not value or (isinstance(value, str) and not value.strip()):
            return None
        try:
            content = value if isinstance(value, bytes) else self._references.read(value)
            if is_packed(content) and is_small(content, max(self._side, _KEPT)):
                return content
            return pack(decode(content, most=self._side), self._side)
        except PictureError as error:
            return str(error)


def _shown(value: bytes | str) -> str:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    text = value.split(",")[0] if value.startswith("data:") else value
    return text if len(text) <= _LONGEST else f"…{text[-_LONGEST:]}"


def _with_binary(schema: pa.Schema, names: Sequence[str]) -> pa.Schema:
    for name in names:
        schema = schema.set(schema.get_field_index(name), pa.field(name, pa.binary()))
    return schema.remove_metadata()


def _home(files: Sequence[SourceFile]) -> str:
    label = files[0].label if files else ""
    return label.rpartition("/")[0] if files and place_of(label) in ("http", "objects") else ""


def _fetch(url: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        work = Path(folder)
        if place_of(url) == "http":
            from podium_ml.ingestion.http import download

            return download(url, work, most=LARGEST).path.read_bytes()
        from podium_ml.ingestion.objects import Objects

        (file,) = Objects(url).fetch(work, choose=lambda names: names[:1], most=LARGEST)
        return file.path.read_bytes()
