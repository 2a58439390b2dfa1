"""Whether a new model takes the champion's place, and why."""

from dataclasses import dataclass
from typing import Literal

from podium_ml.contracts._contract import Contract

Promote = Literal["auto", "never", "always"]


@dataclass(frozen=True)
class Decision(Contract):
    """What came of comparing champion and challenger on the same rows, which neither had seen.

    Attributes:
        promoted: Whether the challenger is to become the champion.
        reason: Why, in words for the user.
        challenger: Name of the new model, as on the leaderboard.
        champion: The registered version that it was compared with, like ``"churn/7"``; empty if there was none.
        promote: What the user asked for.
        metric: Metric of the scores.
        margin: By how much, in the metric's own units, the challenger had to be better.
        rows: Test rows that both were scored on.
        seen_rows: Test rows that were left out, because the champion had learned from them.
        champion_score: The champion's score on those rows, or ``None`` if they were not compared.
        challenger_score: The challenger's.
        improvement: The difference, turned so that above 0 the challenger is better.
        low: What the improvement exceeds with 95 % confidence (one-sided; paired bootstrap).
        high: What it stays below with 95 % confidence.
    """

    promoted: bool
    reason: str
    challenger: str
    champion: str = ""
    promote: Promote = "auto"
    metric: str = ""
    margin: float = 0.0
    rows: int = 0
    seen_rows: int = 0
    champion_score: float | None = None
    challenger_score: float | None = None
    improvement: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def word(self) -> str:
        """The decision in a word: ``promoted`` or ``held``."""
        return "promoted" if self.promoted else "held"
