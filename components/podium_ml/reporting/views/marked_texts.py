"""Texts with the spans that are in them and those that were found, marked."""

from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["", "right", "missed", "false", "confused"]


@dataclass(frozen=True)
class Piece:
    """A piece of a text.

    Attributes:
        text: Its characters.
        verdict: What became of it: ``right``, ``missed``, ``false`` (there is no span), ``confused`` (another type).
        note: The types, in words.
    """

    text: str
    verdict: Verdict
    note: str


def marked_texts_view(charts: dict[str, Any]) -> tuple[tuple[Piece, ...], ...]:
    """Return the pieces of each text from ``Evaluation.charts``; empty unless answers are spans."""
    return tuple(tuple(map(_piece, one["pieces"])) for one in charts.get("marked_texts", ()))


def _piece(one: dict[str, str]) -> Piece:
    true, found = one["true"], one["predicted"]
    if not true and not found:
        return Piece(one["text"], "", "")
    if true == found:
        return Piece(one["text"], "right", true)
    if not found:
        return Piece(one["text"], "missed", f"{true}, missed")
    if not true:
        return Piece(one["text"], "false", f"{found}, but there is none")
    return Piece(one["text"], "confused", f"{true}, found as {found}")
