"""Texts with marked words in the web studio."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from podium_ml.kinds import Question, View

_SHOWN = 100
# Colours of labels in ``studio.css``.
_COLOURS = 6


@dataclass(frozen=True)
class Piece:
    """A part of a text.

    Attributes:
        text: The part.
        label: Its label; empty for what lies between spans.
        score: How sure the model is, from 0 to 1, or ``None``.
        colour: Number of its colour.
    """

    text: str
    label: str = ""
    score: float | None = None
    colour: int = 0


@dataclass(frozen=True)
class Marked:
    """What a model found.

    Attributes:
        texts: The first texts, in pieces.
        total: Number of all texts.
        labels: Labels that occur, with the numbers of their colours.
    """

    texts: tuple[tuple[Piece, ...], ...]
    total: int
    labels: tuple[tuple[str, int], ...]


class EntityView(View):
    """Asks ``podium predict`` for the spans of texts that are typed in, a line each, or uploaded."""

    result = "spans.jsonl"

    def commands(self, question: Question) -> Sequence[Sequence[str]]:
        """See ``View``."""
        rows = question.files.get("upload") or _written(question)
        return [["predict", "--out", str(question.work / self.result), "--", question.model, str(rows)]]

    def answer(self, question: Question) -> Marked:
        """See ``View``."""
        colours = {str(label): at % _COLOURS for at, label in enumerate(question.problem.get("classes", ()))}
        with (question.work / self.result).open(encoding="utf-8") as lines:
            shown = [json.loads(line) for line in islice(lines, _SHOWN)]
            total = len(shown) + sum(1 for _ in lines)
        found = tuple(tuple(_pieces(row, colours)) for row in shown)
        labels = dict.fromkeys((one.label, one.colour) for text in found for one in text if one.label)
        return Marked(found, total, tuple(labels))


def _written(question: Question) -> Path:
    """Write the lines of the form as texts, and return the file."""
    path = question.work / "texts.jsonl"
    lines = [line for line in question.form.get("text", "").splitlines() if line.strip()]
    path.write_text("".join(f"{json.dumps({'text': line})}\n" for line in lines), encoding="utf-8")
    return path


def _pieces(row: Mapping[str, Any], colours: Mapping[str, int]) -> Iterator[Piece]:
    """Yield a text in pieces; a span that begins inside of another is left out."""
    text, at = str(row["text"]), 0
    for span in sorted(row["spans"], key=lambda one: (one["start"], -one["end"])):
        if span["start"] < at:
            continue
        if between := text[at : span["start"]]:
            yield Piece(between)
        at, label = int(span["end"]), str(span["label"])
        yield Piece(text[span["start"] : at], label, span.get("score"), colours.get(label, 0))
    if rest := text[at:]:
        yield Piece(rest)


VIEW = EntityView()
