"""The result of one guardrail."""

from dataclasses import dataclass
from typing import Literal

from podium_ml.contracts._contract import Contract

Outcome = Literal["passed", "fixed", "alert"]


@dataclass(frozen=True)
class GuardrailResult(Contract):
    """The result of one guardrail.

    Attributes:
        name: Registry name, e.g. ``"target_leakage"``.
        title: Title for the user, e.g. ``"Target leakage"``.
        outcome: ``passed``; ``fixed`` if the guardrail solved a problem; ``alert`` if the user should check the data.
        seen: What the guardrail found, in one sentence.
        done: What the guardrail did, in one sentence; empty if nothing.
        columns: Affected columns.
        details: Table of findings for the report, as rows with equal keys.
    """

    name: str
    title: str
    outcome: Outcome
    seen: str
    done: str = ""
    columns: tuple[str, ...] = ()
    details: tuple[dict[str, str | float | int | None], ...] = ()

    @property
    def notice(self) -> str:
        """The alert as a line for the terminal: the title, what was found, and what was done."""
        return " ".join(text for text in (f"Alert: {self.title}.", self.seen, self.done) if text)
