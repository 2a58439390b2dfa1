"""The columns of texts and spans, and what is wrong with them."""

from collections.abc import Sequence

import pandas as pd

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
    raise SettingsError(f"There is no column of texts; the columns are {', '.join(columns[:10])}.", _FORMATS)


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
        try:
            spans = from_json(str(value))
        except (ValueError, TypeError) as error:
            raise DataError(
                f"Row {row}: {str(value)[:60]!r} is no list of spans ({error}).", _FORMATS
            ) from None
        for start, end, label in spans:
            if not 0 <= start < end <= len(text):
                raise DataError(
                    f"Row {row}: the span {start} to {end} ('{label}') lies outside of its text of {len(text)} "
                    "code points.",
                    "Count offsets in code points from 0, with the end after the last character.",
                )
        found.append(spans)
    return found


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
