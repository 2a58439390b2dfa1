"""Texts of tables: the words that matter, the worst predictions and errors by length."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podium_ml.contracts import Explanation

# Weights below this are not marked.
_FAINT = 0.08


@dataclass(frozen=True)
class WeighedPiece:
    """A piece of a text.

    Attributes:
        text: Its characters.
        side: ``for`` or ``against`` the prediction; empty for pieces that hardly matter.
        strength: From 1 to 5.
    """

    text: str
    side: str
    strength: int


@dataclass(frozen=True)
class TextsView:
    """What the report shows of texts; all empty unless rows have texts.

    Attributes:
        explained: Notes and pieces of the texts whose words were weighed.
        words: Labels, and the words that tell their predictions from the others.
        errors: The worst predictions: ``text``, ``label``, ``predicted``, ``error``.
        lengths: Errors by length: ``from``, ``to``, ``rows``, ``error``.
    """

    explained: tuple[tuple[str, tuple[WeighedPiece, ...]], ...]
    words: tuple[dict[str, Any], ...]
    errors: tuple[dict[str, Any], ...]
    lengths: tuple[dict[str, Any], ...]


def texts_view(explanation: Explanation, charts: Mapping[str, Any]) -> TextsView:
    """Return what there is to show.

    Args:
        explanation: The explanation of the chosen model.
        charts: ``Evaluation.charts``; empty for a page of the explanation alone.
    """
    return TextsView(
        tuple((one["note"], tuple(map(_piece, one["pieces"]))) for one in explanation.texts),
        explanation.words,
        tuple(charts.get("text_errors", ())),
        tuple(charts.get("text_lengths", ())),
    )


def _piece(one: dict[str, Any]) -> WeighedPiece:
    weight = float(one["weight"])
    side = "" if abs(weight) < _FAINT else "for" if weight > 0 else "against"
    return WeighedPiece(str(one["text"]), side, max(1, min(5, round(abs(weight) * 5))))
