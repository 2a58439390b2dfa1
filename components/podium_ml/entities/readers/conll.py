"""CoNLL: a token a line with its tag, and an empty line after each sentence."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from podium_ml.entities.readers._rows import Rows
from podium_ml.entities.texts.tags import OUTSIDE, Scheme, find_scheme, is_tag, read_tags
from podium_ml.entities.texts.tokens import joined
from podium_ml.errors import DataError
from podium_ml.readers._content import refuse_other_content
from podium_ml.readers._encoding import check_decodes, find_encoding, open_text
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

_BLANKS = " \t\r\n\ufeff"  # a no-break blank is part of a token
_DOCUMENT = "-DOCSTART-"
_LAST = -1
_ILLEGAL = "{where}: {count} tags cannot follow the tag before them, such as I-X without B-X; an entity begins there."
_MERGED = "{where}: {count} sentences are very long and go on after a full stop; an empty line may be missing there."
_STOPS = frozenset(".!?。！？।")
# A sentence is very long if it has so many tokens, and so many times the usual number.
_LONG, _TIMES = 100, 4


@dataclass
class _Sentence:
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    document: str | None = None


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read sentences as texts. Tabs separate columns if there are any, else blanks; nothing is quoted or missing.

    The tag column is found by its values. Entities with illegal tags count, and are told with their lines.

    Raises:
        DataError: A line has another number of columns, or no column holds tags.
    """
    refuse_other_content(file, wanted="CoNLL file")
    encoding = find_encoding(file, given=options.encoding)
    if options.encoding:
        check_decodes(file, encoding)
    with open_text(file, encoding) as text:
        lines = text.read().split("\n")
    sentences = _sentences(lines, file.label)
    tag, rows = _tag_column(sentences, file.label), Rows(file.label)
    tags = [[row[tag] for row in sentence.rows] for sentence in sentences]
    scheme = find_scheme(tags)
    for sentence, own in zip(sentences, tags, strict=True):
        _add(rows, sentence, own, scheme)
    _notice_merged(rows, sentences)
    details = {"encoding": encoding.name, "tag_column": "last" if tag == _LAST else str(tag + 1)}
    return Reading(iter([rows.batch()]), details, [*encoding.doubts(file.label), *rows.warnings])


def _add(rows: Rows, sentence: _Sentence, tags: Sequence[str], scheme: Scheme) -> None:
    read = read_tags(tags, scheme)
    for at in read.illegal:
        rows.notice(_ILLEGAL, sentence.lines[at])
    text, places = joined([row[0] for row in sentence.rows])
    spans = [(places[first][0], places[end - 1][1], label) for first, end, label in read.spans]
    rows.add(text, spans, line=sentence.lines[0], document=sentence.document)


def _notice_merged(rows: Rows, sentences: Sequence[_Sentence]) -> None:
    """Tell sentences that are probably several, without the empty line between them."""
    usual = median(len(one.rows) for one in sentences)
    for one in sentences:
        if len(one.rows) > max(_LONG, _TIMES * usual):
            stops = [at for at, row in enumerate(one.rows[:-1]) if row[0] in _STOPS]
            if stops:
                rows.notice(_MERGED, one.lines[stops[0] + 1])


def _sentences(lines: Sequence[str], label: str) -> list[_Sentence]:
    # Lines with # are comments or tokens; where there are no others, they are tokens.
    sure = [line for line in lines if line.strip(_BLANKS) and not line.startswith("#")] or lines
    by_tabs = any("\t" in line for line in sure)
    sentences: list[_Sentence] = []
    current, document, documents = _Sentence(), None, 0
    for number, line in enumerate(lines, start=1):
        if not line.strip(_BLANKS):
            sentences, current = _closed(sentences, current), _Sentence(document=document)
            continue
        fields = _fields(line, by_tabs)
        if _is_comment(line, fields, begins=not current.rows):
            continue
        if fields[0] == _DOCUMENT:
            documents += 1
            document = current.document = f"{label}#{documents}"
            continue
        current.rows.append(fields)
        current.lines.append(number)
    sentences = _closed(sentences, current)
    if not sentences:
        raise DataError(f"{label} has no sentences.", "Write a token and its tag on each line.")
    return sentences


def _closed(sentences: list[_Sentence], current: _Sentence) -> list[_Sentence]:
    return [*sentences, current] if current.rows else sentences


def _fields(line: str, by_tabs: bool) -> list[str]:
    line = line.strip("\r\ufeff")
    return line.split("\t") if by_tabs else re.split(" +", line.strip(" "))


def _is_comment(line: str, fields: Sequence[str], *, begins: bool) -> bool:
    """Whether a line is a comment, and not the token ``#``."""
    return line.startswith("#") and (
        len(fields) < 2 or (begins and " " in line and not any(map(is_tag, fields[1:])))
    )


def _check_widths(sentences: Sequence[_Sentence], label: str) -> None:
    widths = Counter(len(row) for one in sentences for row in one.rows)
    usual = widths.most_common(1)[0][0]
    for one in sentences:
        for row, line in zip(one.rows, one.lines, strict=True):
            if len(row) != usual:
                raise DataError(
                    f"{label}, line {line}: {len(row)} columns, but {usual} in other lines.",
                    "Write the token and the same number of columns on each line, separated by tabs or by blanks.",
                )
    if usual < 2:
        raise DataError(
            f"{label}, line {sentences[0].lines[0]}: there is a token but no tag.",
            "Write the tag after the token, separated by a tab or a blank.",
        )


def _last_is_tag(sentences: Sequence[_Sentence]) -> bool:
    """Whether each line ends with a tag, however many columns are before; some tag must be of an entity."""
    last = {row[-1].strip() if len(row) > 1 else "" for one in sentences for row in one.rows}
    return all(map(is_tag, last)) and last != {OUTSIDE}


def _tag_column(sentences: Sequence[_Sentence], label: str) -> int:
    """Return the column whose values are tags: ``O`` and ``B-X``, or the last one if it holds ``O`` and names."""
    if _last_is_tag(sentences):
        return _LAST
    _check_widths(sentences, label)
    width = len(sentences[0].rows[0])
    found = []
    for at in range(1, width):
        values = Counter(row[at].strip() for one in sentences for row in one.rows)
        if all(map(is_tag, values)) and len(values) > 1:
            found.append((at, values[OUTSIDE]))
        elif at == width - 1 and not found and values[OUTSIDE]:
            found.append((at, 0))
    if found:
        return max(found, key=lambda one: one[0])[0]
    only_outside = [
        at for at in range(1, width) if all(row[at] == OUTSIDE for one in sentences for row in one.rows)
    ]
    if only_outside:
        return only_outside[-1]
    raise DataError(
        f"{label}: none of the {width} columns holds tags like O and B-PER.",
        "Write tags as IOB, IOB2, BIOES or BILOU.",
    )


def _sniff(head: bytes) -> Confidence:
    """Judge by the last column of the first lines."""
    lines = head.decode("utf-8", errors="replace").split("\n")[:200]
    rows = [fields for line in lines if len(fields := _fields(line, "\t" in line)) > 1 and line[:1] != "#"]
    if not rows:
        return Confidence.NO
    for at in (_LAST, *range(1, min(len(row) for row in rows))):
        values = {row[at].strip() for row in rows[:-1] or rows}
        if all(map(is_tag, values)) and values != {""}:
            return Confidence.SURE
    return Confidence.NO


SPEC = Reader(
    name="conll",
    description="CoNLL: a token and its tag (IOB1, IOB2, BIOES, BILOU) a line, an empty line after each sentence.",
    read=read,
    suffixes=(".conll", ".conllu", ".conll2003", ".iob", ".iob2", ".bio", ".bioes", ".bilou"),
    sniff=_sniff,
    is_sparse=True,
    kind="entities",
)
