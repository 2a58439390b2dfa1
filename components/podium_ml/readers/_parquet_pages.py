"""The sizes that the pages of a Parquet file unpack to, as the pages say themselves; the footer may say less.

A page begins with a ``PageHeader`` in Thrift's compact protocol; see the specifications of Parquet
(https://parquet.apache.org/docs/file-format/data-pages/) and of the protocol
(https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
"""

import mmap
from collections.abc import Collection
from pathlib import Path
from typing import Any

# With other compressions, a page is never more than 255 times as large as its packed bytes.
_STRONG = ("GZIP", "ZSTD", "BROTLI")
# Fields of a PageHeader.
_UNPACKED, _PACKED = 2, 3
# Types of the compact protocol.
_STOP, _BYTE, _DOUBLE, _BINARY, _STRUCT = 0, 3, 7, 8, 12
_BOOLEANS, _INTEGERS, _LISTS = (1, 2), (4, 5, 6), (9, 10)
_LONG_LIST = 15
_LONGEST_NUMBER = 64  # bits


def unpacked_bytes(path: Path, metadata: Any, columns: Collection[int]) -> int:
    """Return the sum of the sizes of all pages that are packed strongly.

    Args:
        path: The file.
        metadata: Its footer.
        columns: Positions of the columns that count.

    Raises:
        ValueError: A page is damaged.
    """
    groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
    chunks = (group.column(at) for group in groups for at in columns)
    strong = [chunk for chunk in chunks if chunk.compression in _STRONG]
    if not strong:
        return 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            return sum(_chunk_bytes(content, chunk) for chunk in strong)
        except (IndexError, RecursionError) as error:
            raise ValueError(f"a page is invalid ({error})") from None


def _chunk_bytes(content: mmap.mmap, chunk: Any) -> int:
    at = chunk.data_page_offset
    if chunk.has_dictionary_page and 0 < chunk.dictionary_page_offset < at:
        at = chunk.dictionary_page_offset
    end, total = at + chunk.total_compressed_size, 0
    while 0 <= at < end:
        header = _Header(content, at)
        total += max(0, header.numbers.get(_UNPACKED, 0))
        at = header.end + max(0, header.numbers.get(_PACKED, 0))
    return total


class _Header:
    """The header of a page.

    Args:
        content: The file.
        at: Position of the header.

    Attributes:
        numbers: Its fields that are whole numbers.
        end: Position after it.
    """

    def __init__(self, content: mmap.mmap, at: int) -> None:
        self._content, self.end = content, at
        self.numbers = self._struct()

    def _struct(self) -> dict[int, int]:
        numbers: dict[int, int] = {}
        field = 0
        while (head := self._byte()) != _STOP:
            field = field + (head >> 4) if head >> 4 else self._number()
            kind = head & 15
            if kind in _INTEGERS:
                numbers[field] = self._number()
            elif kind not in _BOOLEANS:  # whose value is their type
                self._skip(kind)
        return numbers

    def _skip(self, kind: int) -> None:
        if kind in (_BYTE, *_BOOLEANS):
            self._byte()
        elif kind in _INTEGERS:
            self._varint()
        elif kind == _DOUBLE:
            self.end += 7
            self._byte()
        elif kind == _BINARY:
            length = self._varint()
            self.end += length
        elif kind == _STRUCT:
            self._struct()
        elif kind in _LISTS:
            head = self._byte()
            for _ in range(head >> 4 if head >> 4 != _LONG_LIST else self._varint()):
                self._skip(head & 15)
        else:  # a PageHeader holds no maps
            raise IndexError(f"type {kind}")

    def _number(self) -> int:
        coded = self._varint()
        return (coded >> 1) ^ -(coded & 1)

    def _varint(self) -> int:
        value = shift = 0
        while shift < _LONGEST_NUMBER:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise IndexError("number")

    def _byte(self) -> int:
        byte = self._content[self.end]
        self.end += 1
        return byte
