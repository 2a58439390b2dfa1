"""What a guardrail saw and did."""

from dataclasses import dataclass
from typing import Literal

from podium_ml.contracts._contract import Contract

Outcome = Literal["passed", "fixed", "alert"]


@dataclass(frozen=True)
class GuardrailResult(Contract):
    """The outcome of one guardrail.

    Attributes:
        name: Registry name, e.g. ``"target_leakage"``.
        title: Words for the user, e.g. ``"Target leakage"``.
        outcome: ``passed``; ``fixed`` when something was done about it; ``alert`` when the user should look.
        seen: What was seen, in one sentence.
        done: What was done, in one sentence; empty if nothing.
        columns: Columns concerned.
        details: Table of findings for the report: rows of equal keys.
    """

    name: str
    title: str
    outcome: Outcome
    seen: str
    done: str = ""
    columns: tuple[str, ...] = ()
    details: tuple[dict[str, str | float | int | None], ...] = ()
