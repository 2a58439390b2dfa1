"""The columns of texts and spans, and what is wrong with them."""

from collections.abc import Sequence
from contextlib import suppress

import pandas as pd

from podium_ml.entities.readers._records import spans_of_cell
from podium_ml.entities.readers._rows import DOCUMENT, TEXT
from podium_ml.entities.texts.spans import Span, from_json
from podium_ml.errors import DataError, SettingsError
from podium_ml.settings import EntitiesProblem

_FORMATS = (
    "Provide CoNLL, JSON lines with text and spans, or a table with the columns text and spans, "
    'such as [[0, 4, "NAME"]].'
)


def text_column(columns: Sequence[str], target: str) -> str:
    """Return the name of the column of texts.

    Raises:
        SettingsError: There is none, or it cannot be told which.
    """
    if TEXT in columns:
        return TEXT
    others = [name for name in columns if name not in (target, DOCUMENT)]
    if len(others) == 1:
        return others[0]
    raise SettingsError(
        f"There is no column 'text'; the columns are {', '.join(columns[:10])}.",
        f"Name the column of texts 'text'. {_FORMATS}",
    )


def read_spans(values: pd.Series, texts: pd.Series) -> list[list[Span] | None]:
    """Return the spans of each text; ``None`` where nobody looked for any.

    Raises:
        DataError: A value is no list of spans, or a span lies outside of its text; the message names the row.
    """
    found: list[list[Span] | None] = []
    for row, (value, text) in enumerate(zip(values, texts, strict=True), start=1):
        if value is None or (isinstance(value, float) and value != value) or value is pd.NA:
            found.append(None)
            continue
        found.append(_spans_of(value, text, f"Row {row}"))
    return found


def _spans_of(value: object, text: str, where: str) -> list[Span]:
    """Return the spans in a cell, as the readers or other programs write them."""
    try:
        given = _given(value)
    except ValueError as error:
        raise DataError(f"{where}: {str(value)[:60]!r} is no list of spans ({error}).", _FORMATS) from None
    for start, end, label, own in given:
        if not 0 <= start < end <= len(text):
            raise DataError(
                f"{where}: the span {start} to {end} ('{label}') lies outside of its text of {len(text)} code points.",
                "Count offsets in code points from 0, with the end after the last character.",
            )
        if own is not None and own.strip() != text[start:end].strip():
            raise DataError(
                f"{where}: the span {start} to {end} is {text[start:end][:40]!r} in the text, but says {own[:40]!r}.",
                "Count offsets in code points from 0, or leave the spans' own texts out.",
            )
    return [(start, end, label) for start, end, label, _ in given]


def _given(value: object) -> list[tuple[int, int, str, str | None]]:
    with suppress(ValueError, TypeError, RecursionError):  # as the readers write them, which are very many
        if isinstance(value, str):
            return [(*one, None) for one in from_json(value)]
    return spans_of_cell(value)


def check_columns(columns: Sequence[str], settings: EntitiesProblem) -> None:
    """Refuse data without spans; see ``Kind.check_columns``.

    Raises:
        SettingsError: There is no column of spans or of texts.
    """
    if settings.target not in columns:
        raise SettingsError(
            f"target: no text has spans; there is no column '{settings.target}' among {', '.join(columns[:10])}.",
            _FORMATS,
        )
    text_column(columns, settings.target)
