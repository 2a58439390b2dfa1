"""Rows of texts and spans, as all readers of texts return them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from podium_ml.entities.texts.spans import Span, clean, to_json
from podium_ml.values.plain_text import encodable

TEXT, SPANS, DOCUMENT = "text", "spans", "document"


@dataclass
class Rows:
    """Collects texts with their spans, and what was noticed about them.

    Attributes:
        label: Name of the file in messages.
        warnings: What the user should know.
    """

    label: str
    warnings: list[str] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _spans: list[str | None] = field(default_factory=list)
    _documents: list[str | None] = field(default_factory=list)
    _noticed: dict[str, list[int]] = field(default_factory=dict)

    def add(self, text: str, spans: Sequence[Span] | None, *, line: int, document: str | None = None) -> None:
        """Add a text.

        Args:
            text: The text as it is given.
            spans: Its spans; ``None`` if nobody looked for any.
            line: Line on which it begins.
            document: Name of the document that it is part of, or ``None``.
        """
        text = encodable(text)
        self._texts.append(text)
        self._documents.append(document)
        if spans is None:
            self._spans.append(None)
            return
        cleaned = clean(text, [(start, end, encodable(label)) for start, end, label in spans])
        self._notice("trimmed", line, cleaned.trimmed)
        self._notice("empty", line, cleaned.empty)
        self._notice("overlapping", line, len(cleaned.overlapping))
        self._spans.append(to_json(cleaned.spans))

    def notice(self, what: str, line: int) -> None:
        """Remember a line on which something was noticed; ``what`` is a sentence with ``{count}`` and ``{where}``."""
        self._notice(what, line, 1)

    def _notice(self, what: str, line: int, times: int) -> None:
        self._noticed.setdefault(what, []).extend([line] * times)

    def batch(self) -> pa.RecordBatch:
        """Return all rows, and complete the warnings."""
        for what, lines in self._noticed.items():
            if lines:
                distinct = list(dict.fromkeys(lines))
                where = f"{self.label}, line {', '.join(map(str, distinct[:5]))}" + (
                    f" and {len(distinct) - 5} more lines" if len(distinct) > 5 else ""
                )
                self.warnings.append(_SENTENCES.get(what, what).format(count=len(lines), where=where))
        columns: dict[str, pa.Array] = {TEXT: pa.array(self._texts, pa.string())}
        if any(one is not None for one in self._spans):
            columns[SPANS] = pa.array(self._spans, pa.string())
        if any(one is not None for one in self._documents):
            columns[DOCUMENT] = pa.array(self._documents, pa.string())
        return pa.RecordBatch.from_pydict(columns)


_SENTENCES = {
    "trimmed": "{where}: blanks at the edges of {count} spans do not belong to them.",
    "empty": "{where}: {count} spans hold nothing but blanks, and were left out.",
    "overlapping": "{where}: {count} spans overlap with others or are there twice; the longest of each was kept.",
}
