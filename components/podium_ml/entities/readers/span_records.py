"""JSON records of texts with spans, as spaCy, Prodigy, doccano and Label Studio write them, and lists of tokens."""

import json
from collections.abc import Sequence

from podium_ml.entities.readers._offsets import resolve
from podium_ml.entities.readers._records import Record, is_pair, parse, unpacked
from podium_ml.entities.readers._rows import Rows
from podium_ml.entities.readers._token_lists import add_token_lists
from podium_ml.errors import DataError
from podium_ml.readers._content import refuse_other_content
from podium_ml.readers._encoding import Encoding, check_decodes, find_encoding, open_text
from podium_ml.readers._json_records import SPACE, numbered_records
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

_LONGEST = 1 << 20
_ALIKE = "Write all records of a file alike, or put them into two files."
_DISAGREE = "{where}: {count} texts have annotations that differ; the last one of each counts."


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read records as texts with spans. Offsets may count code points, bytes or UTF-16 units, if their texts tell.

    Raises:
        DataError: A record cannot be read; the message names file and line.
    """
    refuse_other_content(file, wanted="JSON file")
    encoding = find_encoding(file, given=options.encoding)
    if options.encoding:
        check_decodes(file, encoding)
    found = numbered_records(file, encoding, in_lines=_has_pairs_in_lines(file, encoding))
    records: list[Record] = [parse(record, label=file.label, line=line) for line, record in unpacked(found)]
    rows = Rows(file.label)
    if records and all(one.tokens is not None for one in records):
        add_token_lists(rows, records)
    else:
        _add_texts(rows, records)
    batch = rows.batch()  # finds overlaps, too
    return Reading(iter([batch]), {"encoding": encoding.name}, [*encoding.doubts(file.label), *rows.warnings])


def _add_texts(rows: Rows, records: Sequence[Record]) -> None:
    for one, spans in zip(records, resolve(records, rows), strict=True):
        if one.tokens is not None:
            raise DataError(
                f"{rows.label}, line {one.line}: a list of tokens, but other records have a text.",
                _ALIKE,
            )
        if one.key != records[0].key:
            first = records[0].key or "text"
            raise DataError(
                f"{rows.label}, line {one.line}: there is no '{first}', as in the first record.", _ALIKE
            )
        if one.disagree:
            rows.notice(_DISAGREE, one.line)
        rows.add(one.text, spans, line=one.line)


def _has_pairs_in_lines(file: SourceFile, encoding: Encoding) -> bool:
    """Whether the first line is a text with its spans, as a list."""
    with open_text(file, encoding) as text:
        line = text.readline(_LONGEST).removeprefix("\ufeff")
    try:
        first = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(first, list) and is_pair(first)


def _sniff(head: bytes) -> Confidence:
    start = head.lstrip(b"\xef\xbb\xbf" + SPACE.encode())
    return Confidence.SURE if start[:1] in (b"{", b"[") else Confidence.NO


SPEC = Reader(
    name="span_records",
    description="JSON texts with spans (spaCy, Prodigy, doccano, Label Studio), or lists of tokens and tags.",
    read=read,
    suffixes=(".jsonl", ".ndjson", ".json"),
    sniff=_sniff,
    is_sparse=True,
    kind="entities",
)
