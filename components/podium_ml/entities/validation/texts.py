"""Labelled texts, cleaned and cut into tokens and parts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from podium_ml.entities.readers._rows import DOCUMENT
from podium_ml.entities.texts.parts import LONGEST, part_bounds
from podium_ml.entities.texts.spans import Span, TokenSpans, align, clean
from podium_ml.entities.texts.tokens import Level, tokenize
from podium_ml.entities.validation.checks import read_spans, text_column
from podium_ml.values.near_copies import near_copy_codes

TEXT, UNIT = "text", "unit"
# Spans may begin or end inside of words in this share of cases before tokens become characters.
_INSIDE = 0.01
# Fewer documents cannot be apart in a test and in the folds.
_FEWEST_DOCUMENTS = 3
# Longer texts take long, and the others tell as much about tokens.
_LONGEST_LOOKED_AT = 100_000
# Spans of at least this share that end with a mark tell that only blanks separate tokens.
_WITH_MARKS = 0.02


@dataclass(frozen=True)
class Texts:
    """Texts with spans.

    Attributes:
        texts: The texts.
        spans: Spans of each, without overlaps and blank edges.
        units: Codes of texts that belong together: of one document, or nearly equal; shape ``(n,)``.
        unlabelled: Number of texts that nobody looked for spans in, which were left out.
        empty: Number of texts without anything but blanks, which were left out.
        overlapping: Number of spans that were left out because they overlap with longer ones.
    """

    texts: tuple[str, ...]
    spans: tuple[tuple[Span, ...], ...]
    units: np.ndarray
    unlabelled: int = 0
    empty: int = 0
    overlapping: int = 0

    @property
    def types(self) -> Counter[str]:
        """How often each type occurs."""
        return Counter(label for own in self.spans for _, _, label in own)

    def of_rows(self, rows: Sequence[int]) -> "Texts":
        """Return some of the texts."""
        return Texts(
            tuple(self.texts[at] for at in rows), tuple(self.spans[at] for at in rows), self.units[list(rows)]
        )


def read_texts(table: pd.DataFrame, target: str) -> Texts:
    """Read and clean all texts that have been looked at.

    Args:
        table: The columns of texts and spans.
        target: Name of the column of spans.

    Raises:
        DataError: A span cannot be read.
    """
    name = text_column(list(map(str, table.columns)), target)
    texts = table[name].fillna("").astype(str)
    spans = read_spans(table[target], texts)
    kept, own, overlapping, blank = [], [], 0, 0
    for at, (text, given) in enumerate(zip(texts, spans, strict=True)):
        if given is None:
            continue
        if not text.strip():
            blank += 1
            continue
        cleaned = clean(text, given)
        overlapping += len(cleaned.overlapping)
        kept.append(at)
        own.append(cleaned.spans)
    chosen = [texts.iloc[at] for at in kept]
    unlabelled = sum(one is None for one in spans)
    documents = table[DOCUMENT].iloc[kept] if DOCUMENT in table else None
    return Texts(tuple(chosen), tuple(own), _units(chosen, documents), unlabelled, blank, overlapping)


def _units(texts: Sequence[str], documents: pd.Series | None) -> np.ndarray:
    """Return codes of nearly equal texts, joined with those of documents."""
    codes = near_copy_codes(texts)
    if documents is None or documents.nunique() < _FEWEST_DOCUMENTS:
        return codes
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    document = pd.factorize(documents.fillna(""))[0] + len(texts)
    size = 2 * len(texts) + 1
    links = coo_array((np.ones(len(texts)), (codes, document)), shape=(size, size))
    return connected_components(links, directed=False)[1][codes].astype(np.int64)


def choose_level(texts: Texts) -> Level:
    """Return what tokens must be, so that spans begin and end with them."""
    spans = [
        (text, start, end)
        for text, own in zip(texts.texts, texts.spans, strict=True)
        for start, end, _ in own
    ]
    if not spans:
        return "words"
    with_marks = sum(not text[end - 1].isalnum() or not text[start].isalnum() for text, start, end in spans)
    if with_marks >= _WITH_MARKS * len(spans) and _unaligned(texts, "blanks") == 0:
        return "blanks"
    return "characters" if _unaligned(texts, "words") > _INSIDE * len(spans) else "words"


def _unaligned(texts: Texts, level: Level) -> int:
    return sum(
        align(tokenize(text, level), own)[1]
        for text, own in zip(texts.texts, texts.spans, strict=True)
        if own and len(text) <= _LONGEST_LOOKED_AT
    )


@dataclass
class Cut:
    """What became of texts when they were cut into tokens and parts.

    Attributes:
        table: One row a part: ``text``, the column of spans by tokens, and ``unit``.
        longest: Greatest number of tokens of a part.
        tokens: Number of tokens.
        long: Number of texts that were cut into parts.
        widened: Number of spans that begin or end inside of a token, or were lost where two share one.
    """

    table: pd.DataFrame
    longest: int
    tokens: int = 0
    long: int = 0
    widened: int = 0
    rows: list[int] = field(default_factory=list)


def cut_texts(texts: Texts, level: Level, *, target: str, most: int = LONGEST) -> Cut:
    """Return the rows that models learn from.

    Args:
        texts: The texts.
        level: What tokens are.
        target: Name of the column of spans.
        most: Greatest number of tokens of a part.
    """
    records: list[tuple[str, str, int]] = []
    cut = Cut(pd.DataFrame(), 1)
    for row, (text, own) in enumerate(zip(texts.texts, texts.spans, strict=True)):
        tokens = tokenize(text, level)
        found, widened = align(tokens, own)
        cut.widened += widened
        cut.tokens += len(tokens)
        bounds = part_bounds(text, tokens, most=most, whole=[(a, b) for a, b, _ in found.spans])
        cut.long += len(bounds) > 1
        for number, (first, end) in enumerate(bounds):
            begins = 0 if number == 0 else tokens[first][0]
            ends = len(text) if end == len(tokens) else tokens[end][0]
            inside = tuple(
                (max(a, first) - first, min(b, end) - first, c)
                for a, b, c in found.spans
                if a < end and b > first
            )
            part = TokenSpans(end - first, inside)
            records.append((text[begins:ends], part.to_json(), int(texts.units[row])))
            cut.longest = max(cut.longest, end - first)
            cut.rows.append(row)
    cut.table = pd.DataFrame(records, columns=[TEXT, target, UNIT])
    cut.longest = min(cut.longest, LONGEST)
    return cut
