"""Whether a new model replaces the champion, and why."""

from dataclasses import dataclass, field
from typing import Literal

from podium_ml.contracts._contract import Contract

Promote = Literal["auto", "never", "always"]


@dataclass(frozen=True)
class Decision(Contract):
    """The result of comparing the challenger on rows that it had not seen: with the champion, or with the baseline.

    Only these rows decide about the promotion, and nothing else was decided by them. The champion had not seen them
    either.

    Attributes:
        promoted: Whether the challenger is to become the champion.
        reason: Reason for the decision, in words for the user.
        challenger: Name of the new model, as on the leaderboard.
        champion: The registered version that it was compared with, like ``"churn/7"``; empty if there was none, and the
            baseline took its place.
        promote: The user's setting.
        metric: Metric of the scores.
        margin: How much better the challenger had to be, in units of the metric.
        rows: Number of test rows that both models were scored on.
        seen_rows: Number of test rows left out because the champion was trained on them.
        champion_score: Score of the champion, or of the baseline, on those rows; ``None`` if nothing was compared.
        challenger_score: Score of the challenger, likewise.
        improvement: The difference, signed so that the challenger is better if it is above 0.
        low: Lower bound of the improvement at the ``confidence`` (one-sided; paired bootstrap).
        high: Upper bound of the improvement, likewise.
        confidence: Confidence of each bound; the more attempts there were, the higher.
        attempt: Number of this attempt among those to replace the champion on overlapping rows, from 1.
        drawn: What the paired bootstrap drew as a whole: rows, groups, or blocks of time; empty if not compared.
        since: The last time in the champion's data, if it had forecast what happened since; else empty.
        record: Scores of these forecasts by name of the metric, and their number as ``rows``.
        expected: Score of the champion on its own test; ``None`` without a record.
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
    confidence: float = 0.95
    attempt: int = 1
    drawn: str = ""
    since: str = ""
    record: dict[str, float] = field(default_factory=dict)
    expected: float | None = None

    @property
    def word(self) -> str:
        """The decision in one word: ``promoted`` or ``held``."""
        return "promoted" if self.promoted else "held"
