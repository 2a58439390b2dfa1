"""What each threshold of the positive class costs."""

from dataclasses import dataclass
from typing import Any

from podium_ml.reporting.formats import number, shown


@dataclass(frozen=True)
class ThresholdRow:
    """What follows from one threshold.

    Attributes:
        threshold: The threshold as text, in percent.
        precision: Share of the alarms that are right, or ``None`` without alarms.
        recall: Share of the positive rows that are found, or ``None`` without such rows.
        f1: Harmonic mean of both, or ``None``.
        false_alarms: Number of rows that are wrongly called positive, or sum of their weights.
        misses: Number of positive rows that are not found, or sum of their weights.
        used: Whether the model decides by this threshold.
        cheapest: Whether no other threshold costs less, if a miss costs as much as a false alarm.
    """

    threshold: str
    precision: float | None
    recall: float | None
    f1: float | None
    false_alarms: float
    misses: float
    used: bool
    cheapest: bool

    @property
    def cost(self) -> float:
        """The cost if a miss and a false alarm cost 1 each; the page computes it for other costs."""
        return shown(self.misses + self.false_alarms)


def thresholds_view(charts: dict[str, Any]) -> tuple[ThresholdRow, ...]:
    """Compute the table from ``Evaluation.charts``; empty unless the problem is binary."""
    found = charts.get("thresholds")
    if not found:
        return ()
    costs = [a + b for a, b in zip(found["false_alarms"], found["misses"], strict=True)]
    cheapest = costs.index(min(costs))
    return tuple(
        ThresholdRow(
            threshold=f"{number(100 * threshold, 3)}%",
            precision=_share(hits, hits + false_alarms),
            recall=_share(hits, hits + misses),
            f1=_share(2 * hits, 2 * hits + false_alarms + misses),
            false_alarms=shown(false_alarms),
            misses=shown(misses),
            used=threshold == found["used"],
            cheapest=position == cheapest,
        )
        for position, (threshold, hits, false_alarms, misses) in enumerate(
            zip(found["thresholds"], found["hits"], found["false_alarms"], found["misses"], strict=True)
        )
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
