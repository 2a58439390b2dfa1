"""The sentences and columns of CoNLL files, however their lines are laid out."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from podium_ml.entities.texts.tags import OUTSIDE, is_tag
from podium_ml.errors import DataError

_BLANKS = " \t\r\n\ufeff"  # a no-break blank is part of a token
_DOCUMENT = "-DOCSTART-"
LAST = -1
"""The tag column if lines differ in the number of columns before it."""
# What CoNLL-U writes before words that it puts together or that are not there, such as 3-4 and 8.1.
_NO_TOKEN = re.compile(r"\d+[-.]\d+")


@dataclass
class Sentence:
    """One sentence.

    Attributes:
        rows: The columns of each token.
        lines: The line of each token.
        document: Name of the document, or ``None``.
    """

    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    document: str | None = None


def read_sentences(text: str, label: str) -> list[Sentence]:
    """Return the sentences of a file.

    Raises:
        DataError: There are none, or a line has a tag and no token.
    """
    lines = text.split("\n" if "\n" in text else "\r")
    # Lines with # are comments or tokens; where there are no others, they are tokens.
    written = [line for line in lines if line.strip(_BLANKS)]
    sure = [line for line in written if not line.startswith("#")] or written
    by_tabs = 2 * sum("\t" in line.strip(_BLANKS) for line in sure) >= len(sure)
    width = Counter(len(fields(line, by_tabs=by_tabs)) for line in sure).most_common(1)[0][0] if sure else 0
    sentences: list[Sentence] = []
    current, document, documents = Sentence(), None, 0
    for number, line in enumerate(lines, start=1):
        if not line.strip(_BLANKS):
            sentences, current = _closed(sentences, current), Sentence(document=document)
            continue
        columns = _columns(line, by_tabs, width)
        if _is_comment(line, columns, begins=not current.rows):
            continue
        if columns[0] == _DOCUMENT:
            documents += 1
            document = current.document = f"{label}#{documents}"
            continue
        if not columns[0]:
            raise DataError(
                f"{label}, line {number}: there is a tag but no token.",
                "Write the token, or remove the line.",
            )
        current.rows.append(columns)
        current.lines.append(number)
    sentences = _closed(sentences, current)
    if not sentences:
        raise DataError(f"{label} has no sentences.", "Write a token and its tag on each line.")
    return _tidied(sentences)


def _closed(sentences: list[Sentence], current: Sentence) -> list[Sentence]:
    return [*sentences, current] if current.rows else sentences


def fields(line: str, *, by_tabs: bool) -> list[str]:
    """Return the columns of a line, without the blanks around them."""
    line = line.strip("\r\ufeff")
    return [one.strip(" ") for one in line.split("\t")] if by_tabs else re.split("[ \t]+", line.strip(" \t"))


def _columns(line: str, by_tabs: bool, width: int) -> list[str]:
    """Return the columns of a line, which has blanks in place of tabs if that gives a tag in as many columns."""
    if by_tabs and "\t" not in line.strip(_BLANKS):
        by_blanks = fields(line, by_tabs=False)
        if len(by_blanks) == width and any(map(is_tag, by_blanks[1:])):
            return by_blanks
    return fields(line, by_tabs=by_tabs)


def _is_comment(line: str, columns: Sequence[str], *, begins: bool) -> bool:
    """Whether a line is a comment, and not the token ``#``."""
    return line.startswith("#") and (
        len(columns) < 2 or (begins and " " in line and not any(map(is_tag, columns[1:])))
    )


def _tidied(sentences: list[Sentence]) -> list[Sentence]:
    """Leave out columns that are empty everywhere, and lines of a counted sentence that are no tokens."""
    rows = [row for one in sentences for row in one.rows]
    width = max(max((at for at, value in enumerate(row, start=1) if value), default=1) for row in rows)
    for row in rows:
        del row[width:]
    if token_column(sentences):
        for one in sentences:
            kept = [at for at, row in enumerate(one.rows) if not _NO_TOKEN.fullmatch(row[0])]
            one.rows, one.lines = [one.rows[at] for at in kept], [one.lines[at] for at in kept]
    return sentences


def token_column(sentences: Sequence[Sentence]) -> int:
    """Return the column of the tokens: the first, or the second if the first counts them, as CoNLL-U does."""
    for one in sentences:
        counts = [row[0] for row in one.rows if not _NO_TOKEN.fullmatch(row[0])]
        numbers = range(len(counts) + 1)
        counted = counts in (list(map(str, numbers[1:])), list(map(str, numbers[:-1])))
        if not counted or min(map(len, one.rows)) < 3:
            return 0
    return int(any(len(one.rows) > 1 for one in sentences))


def _check_widths(sentences: Sequence[Sentence], label: str) -> None:
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


def _last_is_tag(sentences: Sequence[Sentence]) -> bool:
    """Whether each line ends with a tag, however many columns are before; some tag must be of an entity."""
    last = {row[-1] if len(row) > 1 else "" for one in sentences for row in one.rows}
    return all(map(is_tag, last)) and last != {OUTSIDE}


def tag_column(sentences: Sequence[Sentence], label: str) -> int:
    """Return the column whose values are tags: ``O`` and ``B-X``, or the last one if it holds ``O`` and names."""
    if _last_is_tag(sentences):
        return LAST
    _check_widths(sentences, label)
    width = len(sentences[0].rows[0])
    found = []
    for at in range(1, width):
        values = Counter(row[at] for one in sentences for row in one.rows)
        if all(map(is_tag, values)) and len(values) > 1:
            found.append((at, values[OUTSIDE]))
        elif at == width - 1 and not found and values[OUTSIDE]:
            _check_names(sentences, values, label)
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


def _check_names(sentences: Sequence[Sentence], values: Counter[str], label: str) -> None:
    """Refuse a last column of names that has empty values, or is of tags like ``B-X`` but for a few lines."""
    tags = sum(count for value, count in values.items() if value != OUTSIDE and is_tag(value))
    mostly = 2 * tags > values.total() - values[OUTSIDE]
    for one in sentences:
        for row, line in zip(one.rows, one.lines, strict=True):
            if not row[-1] or (mostly and not is_tag(row[-1])):
                raise DataError(
                    f"{label}, line {line}: '{row[-1][:40]}' is no tag like O and B-PER.",
                    "Give each token one tag, or remove the line.",
                )
