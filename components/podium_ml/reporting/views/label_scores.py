"""The scores of single labels as a table."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LabelScore:
    """How well one label of a set is predicted.

    Attributes:
        label: The label.
        rows: Number of rows that have it.
        found: Share of these rows that it was predicted for (recall), or ``None`` without such rows.
        correct: Share of its predictions that are right (precision), or ``None`` without predictions.
        f1: Harmonic mean of both, or ``None``.
        map: Average precision of objects, or ``None``.
    """

    label: str
    rows: int
    found: float | None
    correct: float | None
    f1: float | None
    map: float | None = None


def label_scores_view(charts: dict[str, Any]) -> tuple[LabelScore, ...]:
    """Compute the table from ``Evaluation.charts``; empty unless the target holds sets of labels or objects."""
    return tuple(
        LabelScore(
            str(one["label"]), int(one["rows"]), one["recall"], one["precision"], one["f1"], one.get("map")
        )
        for one in charts.get("label_scores", ())
    )
