"""The confusion matrix as a table."""

from dataclasses import dataclass
from typing import Any

from podium_ml.reporting.formats import shown

# With at most this many classes, cells have room for shares below the counts.
_ROOMY = 8


@dataclass(frozen=True)
class Cell:
    """Rows of one true class that were predicted as one class.

    Attributes:
        count: Number of rows, or sum of their weights.
        share: Share of the true class's rows.
        right: Whether the two classes are the same.
    """

    count: float
    share: float
    right: bool


@dataclass(frozen=True)
class ConfusionView:
    """The table.

    Attributes:
        labels: Classes.
        rows: Cells of each true class.
        found: Share of each true class that was found (recall), or ``None`` if the class has no rows.
        correct: Share of the predictions of each class that are right (precision), or ``None`` if there are none.
        roomy: Whether cells have room for shares.
        weighted: Whether rows count by their weights.
    """

    labels: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    found: tuple[float | None, ...]
    correct: tuple[float | None, ...]
    roomy: bool
    weighted: bool = False


def confusion_view(charts: dict[str, Any]) -> ConfusionView | None:
    """Compute the table from ``Evaluation.charts``, or return ``None`` for regression."""
    data = charts.get("confusion_matrix")
    if not data:
        return None
    labels, matrix = data["labels"], data["matrix"]
    sums = [sum(row) for row in matrix]
    columns = [sum(row[at] for row in matrix) for at in range(len(labels))]
    return ConfusionView(
        labels=tuple(str(label) for label in labels),
        rows=tuple(
            tuple(Cell(shown(count), count / (total or 1), at == across) for across, count in enumerate(row))
            for at, (row, total) in enumerate(zip(matrix, sums, strict=True))
        ),
        found=tuple(matrix[at][at] / total if total else None for at, total in enumerate(sums)),
        correct=tuple(matrix[at][at] / total if total else None for at, total in enumerate(columns)),
        roomy=len(labels) <= _ROOMY,
        weighted=bool(data.get("weighted")),
    )
