"""The declaration of a reader."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

import pyarrow as pa

from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions


class Confidence(IntEnum):
    """How sure a reader is, from a file's first bytes, that the file is in its format."""

    NO = 0
    PERHAPS = 1
    SURE = 2


@dataclass(frozen=True)
class Reading:
    """The result of reading one file.

    Attributes:
        batches: The rows in batches of bounded size; at least one batch, which is empty if there are no rows. Names are
            as in the file, even if they are empty or repeated. Types may differ between batches.
        details: What was inferred about the file, e.g. ``{"delimiter": ";"}``.
        warnings: What the user should know; complete once all batches have been read.
    """

    batches: Iterator[pa.RecordBatch]
    details: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def _never(head: bytes) -> Confidence:
    return Confidence.NO


@dataclass(frozen=True)
class Reader:
    """A reader for one format.

    Attributes:
        name: Name that users type as ``format``.
        description: One sentence about what it reads.
        read: Opens a file and returns its rows; must not load the whole file if the format can be streamed.
        suffixes: Lowercase suffixes of file names, with the dot.
        sniff: Judges from a file's first bytes whether it is in this format.
        takes: ``file`` if it reads a stream from beginning to end, ``seekable`` if it needs random access (the file is
            decompressed first), ``folder`` if a table is a folder, ``database`` if it is a database URL,
            ``pictures`` if it makes rows of files that are no tables.
        texts: What text values may be: ``anything`` if the format stores only text (numbers, dates and missing markers
            are inferred), ``dates`` if the format has no type for dates, ``texts`` if all types are known.
        is_sparse: Whether rows may omit columns, so that the files of one table may have different columns.
        kind: Kind of problem whose rows it reads, before all other readers; empty for tables.
        can_be_cut: Whether the first lines of a file are a file of this format.
    """

    name: str
    description: str
    read: Callable[[SourceFile, ReaderOptions], Reading]
    suffixes: tuple[str, ...] = ()
    sniff: Callable[[bytes], Confidence] = _never
    takes: Literal["file", "seekable", "folder", "database", "pictures"] = "file"
    texts: Literal["anything", "dates", "texts"] = "texts"
    is_sparse: bool = False
    kind: str = ""
    can_be_cut: bool = False
