"""What each threshold costs, if a miss and a false alarm cost what the user says."""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Costs:
    """The costs of some thresholds.

    Attributes:
        miss: What a miss costs.
        alarm: What a false alarm costs.
        totals: The cost of each threshold.
        cheapest: Position of the cheapest one.
        used: Position of the model's own, or of the cheapest one if it is not among them.
    """

    miss: float
    alarm: float
    totals: tuple[float, ...]
    cheapest: int
    used: int


def threshold_costs(rows: Sequence[Mapping[str, Any]], asked: Mapping[str, str]) -> Costs:
    """Compute the costs.

    Args:
        rows: The thresholds, with ``misses``, ``false_alarms`` and ``used``.
        asked: ``miss`` and ``alarm`` as the user entered them; 1 where they mean nothing.
    """
    miss, alarm = (_cost(asked.get(name, "")) for name in ("miss", "alarm"))
    totals = tuple(miss * row["misses"] + alarm * row["false_alarms"] for row in rows)
    cheapest = totals.index(min(totals)) if totals else 0
    used = next((at for at, row in enumerate(rows) if row["used"]), cheapest)
    return Costs(miss, alarm, totals, cheapest, used)


def _cost(text: str) -> float:
    with suppress(ValueError):
        if math.isfinite(cost := float(text)) and cost >= 0:
            return cost
    return 1.0
