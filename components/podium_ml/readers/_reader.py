"""The declaration of a reader."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

import pyarrow as pa

from podium_ml.readers._source_file import SourceFile
from podium_ml.settings.tabular import ReaderOptions


class Confidence(IntEnum):
    """How sure a reader is, from a file's first bytes, that the format is its own."""

    NO = 0
    PERHAPS = 1
    SURE = 2


@dataclass(frozen=True)
class Reading:
    """What reading one file gives.

    Attributes:
        batches: The rows, a bounded number at a time; at least one batch, without rows if there are none. Names are
            as in the file, also where they are empty or repeated. Types may differ from batch to batch.
        details: What was inferred about the file, e.g. ``{"delimiter": ";"}``.
        warnings: What the user should know; complete once the batches are read.
    """

    batches: Iterator[pa.RecordBatch]
    details: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def _never(head: bytes) -> Confidence:
    return Confidence.NO


@dataclass(frozen=True)
class Reader:
    """A format that tables come in.

    Attributes:
        name: What users type as ``format``.
        description: One sentence on what it reads.
        read: Opens a file and returns its rows; must not hold the whole file where the format allows to stream.
        suffixes: Ends of the names of such files, with the dot, in small letters.
        sniff: Tells from a file's first bytes whether it is of this format.
        takes: ``file`` if it reads one stream from beginning to end, ``seekable`` if it must jump about (such a file
            is decompressed first), ``folder`` if a table is a folder, ``database`` if it is the URL of a database.
        texts: What text values may be: ``anything`` where the format knows only text (numbers, dates and missing
            markers are inferred from it), ``dates`` where it lacks a type for dates alone, ``texts`` where all types
            are known.
        is_sparse: Whether rows may leave columns out, so that files of one table need not have equal columns.
    """

    name: str
    description: str
    read: Callable[[SourceFile, ReaderOptions], Reading]
    suffixes: tuple[str, ...] = ()
    sniff: Callable[[bytes], Confidence] = _never
    takes: Literal["file", "seekable", "folder", "database"] = "file"
    texts: Literal["anything", "dates", "texts"] = "texts"
    is_sparse: bool = False
