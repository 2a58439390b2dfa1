"""CoNLL: a token a line with its tag, and an empty line after each sentence."""

from collections.abc import Sequence
from statistics import median

from podium_ml.entities.readers._conll_columns import (
    LAST,
    Sentence,
    fields,
    read_sentences,
    tag_column,
    token_column,
)
from podium_ml.entities.readers._rows import Rows
from podium_ml.entities.texts.tags import Scheme, find_scheme, is_tag, read_tags, with_prefixes
from podium_ml.entities.texts.tokens import joined
from podium_ml.readers._content import refuse_other_content
from podium_ml.readers._encoding import check_decodes, find_encoding, open_text
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

_ILLEGAL = "{where}: {count} tags cannot follow the tag before them, such as I-X without B-X; an entity begins there."
_MERGED = "{where}: {count} sentences are very long and go on after a full stop; an empty line may be missing there."
_STOPS = frozenset(".!?。！？।")
# A sentence is very long if it has so many tokens, and so many times the usual number.
_LONG, _TIMES = 100, 4


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read sentences as texts. Tabs separate columns if most lines have them; nothing is quoted or missing.

    The tag column is found by its values. Entities with illegal tags count, and are told with their lines.

    Raises:
        DataError: A line has another number of columns or no token, or no column holds tags.
    """
    refuse_other_content(file, wanted="CoNLL file")
    encoding = find_encoding(file, given=options.encoding)
    if options.encoding:
        check_decodes(file, encoding)
    with open_text(file, encoding) as text:
        sentences = read_sentences(text.read(), file.label)
    token, tag = token_column(sentences), tag_column(sentences, file.label)
    tags = with_prefixes([[row[tag] for row in sentence.rows] for sentence in sentences])
    rows, scheme = Rows(file.label), find_scheme(tags)
    for sentence, own in zip(sentences, tags, strict=True):
        _add(rows, sentence, [row[token] for row in sentence.rows], own, scheme)
    _notice_merged(rows, sentences, token)
    details = {"encoding": encoding.name, "tag_column": "last" if tag == LAST else str(tag + 1)}
    return Reading(iter([rows.batch()]), details, [*encoding.doubts(file.label), *rows.warnings])


def _add(rows: Rows, sentence: Sentence, tokens: list[str], tags: Sequence[str], scheme: Scheme) -> None:
    read = read_tags(tags, scheme)
    for at in read.illegal:
        rows.notice(_ILLEGAL, sentence.lines[at])
    text, places = joined(tokens)
    spans = [(places[first][0], places[end - 1][1], label) for first, end, label in read.spans]
    rows.add(text, spans, line=sentence.lines[0], document=sentence.document)


def _notice_merged(rows: Rows, sentences: Sequence[Sentence], token: int) -> None:
    """Tell sentences that are probably several, without the empty line between them."""
    usual = median(len(one.rows) for one in sentences)
    for one in sentences:
        if len(one.rows) > max(_LONG, _TIMES * usual):
            stops = [at for at, row in enumerate(one.rows[:-1]) if row[token] in _STOPS]
            if stops:
                rows.notice(_MERGED, one.lines[stops[0] + 1])


def _sniff(head: bytes) -> Confidence:
    """Judge by the last column of the first lines."""
    lines = head.decode("utf-8", errors="replace").split("\n")[:200]
    rows = [
        found for line in lines if len(found := fields(line, by_tabs="\t" in line)) > 1 and line[:1] != "#"
    ]
    if not rows:
        return Confidence.NO
    for at in (LAST, *range(1, min(len(row) for row in rows))):
        values = {row[at] for row in rows[:-1] or rows}
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
