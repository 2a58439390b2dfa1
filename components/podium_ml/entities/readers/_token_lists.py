"""Lists of tokens and tags as texts with spans."""

from collections.abc import Sequence

from podium_ml.entities.readers._records import Record
from podium_ml.entities.readers._rows import Rows
from podium_ml.entities.texts.tags import find_scheme, read_tags, with_prefixes
from podium_ml.entities.texts.tokens import joined
from podium_ml.errors import DataError

_ILLEGAL = "{where}: {count} tags cannot follow the tag before them, such as I-X without B-X; an entity begins there."


def add_token_lists(rows: Rows, records: Sequence[Record]) -> None:
    """Add records of tokens and tags.

    Raises:
        DataError: A record has more or fewer tags than tokens.
    """
    for one in records:
        assert one.tokens is not None
        if one.tags is not None and len(one.tags) != len(one.tokens):
            raise DataError(
                f"{rows.label}, line {one.line}: {len(one.tokens)} tokens but {len(one.tags)} tags.",
                "Give each token one tag, or remove the line.",
            )
    all_tags = with_prefixes([one.tags or () for one in records])
    scheme = find_scheme(all_tags)
    for one, tags in zip(records, all_tags, strict=True):
        text, places = joined(list(one.tokens or ()))
        if one.tags is None:
            rows.add(text, None, line=one.line)
            continue
        read = read_tags(tags, scheme)
        for _ in read.illegal:
            rows.notice(_ILLEGAL, one.line)
        spans = [(places[first][0], places[end - 1][1], label) for first, end, label in read.spans]
        rows.add(text, spans, line=one.line)
