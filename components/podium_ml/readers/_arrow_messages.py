"""The sizes that the messages of an Arrow file unpack to, which they say before they are unpacked.

A message begins with a table of FlatBuffers, and a file ends with one that lists its messages; see ``Message.fbs`` and
``File.fbs`` in the format's specification (https://arrow.apache.org/docs/format/Columnar.html).
"""

import struct
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from podium_ml.values.bounds import check_unpacked

# Positions of fields in the tables Message, DictionaryBatch, RecordBatch and Footer.
_KIND, _HEADER, _DATA, _BUFFERS, _COMPRESSION = 1, 2, 1, 2, 3
_BLOCKS = (2, 3)
_DICTIONARY, _RECORDS = 2, 3
# Bytes of the entries of vectors: where a buffer is, and where a message is.
_BUFFER_BYTES, _BLOCK_BYTES = 16, 24
# The length of the footer, and the magic bytes after it.
_END = 10


def check_messages(path: str, *, is_stream: bool, label: str, packed: int) -> None:
    """Check that no batch or dictionary of an Arrow file or stream unpacks to far more than the file.

    Args:
        path: The file.
        is_stream: Whether it is a stream.
        label: Name of the source in messages.
        packed: Size of the file.

    Raises:
        DataError: One does.
        ArrowException, OSError: The file is damaged.
    """
    with pa.memory_map(path) as source:
        try:
            for message in pa.ipc.MessageReader.open_stream(source) if is_stream else _listed(source):
                check_unpacked(label, _unpacked(message), packed)
        except (struct.error, IndexError, ValueError, OverflowError) as error:
            raise pa.ArrowInvalid(f"a message is invalid ({error})") from None


def _listed(source: Any) -> Iterator[Any]:
    """Yield the messages that the footer of a file lists."""
    end = source.size() - _END
    source.seek(max(0, end))
    (length,) = struct.unpack("<i", source.read(4))
    if not 0 < length <= end:
        raise pa.ArrowInvalid("it has no footer")
    source.seek(end - length)
    footer = _Table(source.read(length))
    for field in _BLOCKS:
        for offset, _ in footer.entries(field, _BLOCK_BYTES):
            source.seek(offset)
            yield pa.ipc.read_message(source)


def _unpacked(message: Any) -> int:
    """Return the number of bytes of a message's buffers once they are unpacked."""
    table = _Table(message.metadata.to_pybytes())
    kind, header = table.number(_KIND), table.inner(_HEADER)
    if kind == _DICTIONARY and header is not None:
        header = header.inner(_DATA)
    if kind not in (_DICTIONARY, _RECORDS) or header is None or not header.has(_COMPRESSION):
        return 0
    body = memoryview(message.body)
    return sum(_size(body, offset, length) for offset, length in header.entries(_BUFFERS, _BUFFER_BYTES))


def _size(body: memoryview, offset: int, length: int) -> int:
    """Return the size of a buffer, which precedes its packed bytes; -1 if they are not packed after all."""
    if not length:
        return 0
    (size,) = struct.unpack_from("<q", body, offset)
    return max(int(size), length)


class _Table:
    """A table of FlatBuffers.

    Args:
        content: All bytes of the message.
        at: Position of the table; by default that of the root.
    """

    def __init__(self, content: bytes, at: int | None = None) -> None:
        self._content = content
        self._at = self._read("<I", 0) if at is None else at
        self._fields = self._at - self._read("<i", self._at)

    def has(self, field: int) -> bool:
        """Whether the table has a field."""
        return self._place(field) is not None

    def number(self, field: int) -> int:
        """Return a field of one byte; 0 if it is absent."""
        place = self._place(field)
        return 0 if place is None else self._read("<B", place)

    def inner(self, field: int) -> "_Table | None":
        """Return a field that is a table."""
        place = self._place(field)
        return None if place is None else _Table(self._content, place + self._read("<I", place))

    def entries(self, field: int, width: int) -> Iterator[tuple[int, int]]:
        """Yield the first two numbers of each entry in a field that is a vector; entries have this many bytes."""
        place = self._place(field)
        if place is None:
            return
        vector = place + self._read("<I", place)
        for number in range(self._read("<I", vector)):
            yield struct.unpack_from("<qq", self._content, vector + 4 + width * number)

    def _place(self, field: int) -> int | None:
        entry = 4 + 2 * field
        if entry >= self._read("<H", self._fields):
            return None
        offset = self._read("<H", self._fields + entry)
        return self._at + offset if offset else None

    def _read(self, layout: str, at: int) -> int:
        return int(struct.unpack_from(layout, self._content, at)[0])
