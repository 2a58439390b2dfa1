"""Whether a new model replaces the champion, and why."""

from dataclasses import dataclass
from typing import Literal

from podium_ml.contracts._contract import Contract

Promote = Literal["auto", "never", "always"]


@dataclass(frozen=True)
class Decision(Contract):
    """The result of comparing champion and challenger on the same rows, which neither model had seen.

    Attributes:
        promoted: Whether the challenger is to become the champion.
        reason: Reason for the decision, in words for the user.
        challenger: Name of the new model, as on the leaderboard.
        champion: The registered version that it was compared with, like ``"churn/7"``; empty if there was none.
        promote: The user's setting.
        metric: Metric of the scores.
        margin: How much better the challenger had to be, in units of the metric.
        rows: Number of test rows that both models were scored on.
        seen_rows: Number of test rows left out because the champion was trained on them.
        champion_score: Score of the champion on those rows, or ``None`` if the models were not compared.
        challenger_score: Score of the challenger, likewise.
        improvement: The difference, signed so that the challenger is better if it is above 0.
        low: Lower bound of the improvement at 95% confidence (one-sided; paired bootstrap).
        high: Upper bound of the improvement at 95% confidence, likewise.
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
        """The decision in one word: ``promoted`` or ``held``."""
        return "promoted" if self.promoted else "held"
