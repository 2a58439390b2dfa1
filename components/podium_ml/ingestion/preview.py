"""A look at the first rows of a source, read as a run would read them."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.ingestion.header import beginning_of
from podium_ml.ingestion.ingested_table import IngestedTable
from podium_ml.ingestion.read import BEGINNING_BYTES, read_source
from podium_ml.readers import READERS, SourceFile
from podium_ml.settings import ReaderOptions
from podium_ml.values.addresses import place_of, split_list, with_today
from podium_ml.values.histogram import histogram

if TYPE_CHECKING:
    import pandas as pd

_BARS, _MOST_VALUES, _LONGEST = 20, 10, 200
# Side of a small picture in pixels, and characters of its data URI.
_SIDE, _LONGEST_PICTURE = 48, 20_000


@dataclass(frozen=True)
class Preview:
    """The first rows of a source.

    Attributes:
        facts: How they were read.
        table: The rows.
        is_whole: Whether these are all rows.
    """

    facts: IngestedTable
    table: "pd.DataFrame"
    is_whole: bool

    def to_dict(self, *, head: int) -> dict[str, Any]:
        """Return what a page or a terminal shows, ready for JSON.

        Args:
            head: Number of rows to return themselves, pictures as data URIs; the columns are described by all rows that
                were read.
        """
        shown = self.table.head(head).map(_shown).astype("string").fillna("")
        return {
            "rows": len(self.table),
            "whole": self.is_whole,
            "format": self.facts.format,
            "files": list(self.facts.files),
            "details": dict(self.facts.details),
            "warnings": list(self.facts.warnings),
            "columns": [
                {"name": one.name, "type": one.type, "note": one.note, **_described(self.table[one.name])}
                for one in self.facts.columns
            ],
            "head": [[_shortened(str(value)) for value in row] for row in shown.itertuples(index=False)],
        }


def preview(
    source: str, options: ReaderOptions | None = None, *, hints: ColumnHints | None = None, rows: int = 1_000
) -> Preview:
    """Read the first rows of a source.

    What a column holds is decided on these rows alone, so a run, which sees all of them, may read it otherwise.

    Args:
        source: A file, folder, pattern or URL, or several, of which the first is read.
        options: How to read it, if that cannot be inferred.
        hints: What is known about the columns.
        rows: About how many rows to read.

    Raises:
        DataError: The source cannot be read.
    """
    import pandas as pd

    options = options or ReaderOptions()
    first = split_list(with_today(source))[0]
    with tempfile.TemporaryDirectory(prefix="podium-") as folder, beginning_of(first, options) as beginning:
        into = Path(folder, "data.parquet")
        read = str(beginning) if beginning is not None else first
        facts = read_source(read, options, into=into, hints=hints, most_rows=rows)
        table = pd.read_parquet(into)
    is_whole = facts.rows < rows and beginning is None and not _is_cut(first, facts)
    return Preview(facts, table, is_whole)


def _is_cut(source: str, facts: IngestedTable) -> bool:
    """Whether local files go on behind the beginnings that were read."""
    if place_of(source) != "local" or not READERS[facts.format].can_be_cut:
        return False
    heads = (SourceFile(name, name).head(BEGINNING_BYTES + 1) for name in facts.files)
    return any(len(head) > BEGINNING_BYTES for head in heads)


def _shown(value: Any) -> Any:
    """Return a value that has a text; a picture as a small one, in a data URI."""
    return (isinstance(value, bytes) and _thumbnail(value)) or _readable(value)


def _shortened(text: str) -> str:
    return text if text.startswith("data:image/") and len(text) <= _LONGEST_PICTURE else text[:_LONGEST]


def _thumbnail(content: bytes) -> str:
    """Return a small picture as a data URI; empty if the bytes are none."""
    from podium_ml.media.decoding import decode
    from podium_ml.media.errors import PictureError
    from podium_ml.media.shown import data_uri

    try:
        return data_uri(np.asarray(decode(content, most=_SIDE).image), side=_SIDE)
    except PictureError:
        return ""


def _readable(value: Any) -> Any:
    """Return a value that has a text; of the bytes of a picture, how many there are."""
    return f"{len(value):,} bytes" if isinstance(value, bytes) else value


def _described(values: "pd.Series") -> dict[str, Any]:
    """Return how many values are missing and distinct, and a histogram or the most frequent values."""
    import pandas as pd

    if values.dtype == object and values.map(lambda value: isinstance(value, bytes)).any():
        return {
            "missing": int(values.isna().sum()),
            "distinct": int(values.nunique()),
            "values": [],
            "counts": [],
        }
    known = values.dropna().map(_readable) if values.dtype == object else values.dropna()
    texts = known.astype("string").str.slice(0, _LONGEST)
    made: dict[str, Any] = {"missing": int(values.isna().sum()), "distinct": int(texts.nunique())}
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        counts, edges = histogram(known.to_numpy(dtype="float64"), bins=_BARS)
        return {**made, "counts": counts.tolist(), "edges": edges.tolist()}
    found = texts.value_counts().head(_MOST_VALUES)
    return {**made, "values": found.index.tolist(), "counts": found.tolist()}
