"""One line of the trial ledger."""

from dataclasses import dataclass
from typing import Any, Literal

from podium_ml.contracts._contract import Contract
from podium_ml.contracts.column_choice import ColumnRule


@dataclass(frozen=True)
class Trial(Contract):
    """One configuration that was tried.

    Attributes:
        algorithm: Name in the algorithm registry.
        number: Number of the trial within its branch, from 0.
        parameters: The configuration.
        origin: Where the configuration came from.
        outcome: How the trial ended; only ``complete`` trials have out-of-fold predictions for every fold.
        score: Out-of-fold value of the metric, with the metric's own sign, or ``None``.
        fold_scores: The metric on each fold that was fitted.
        seconds: Wall-clock seconds of the trial.
        at: Seconds from the start of the branch to the end of the trial.
        reason: Why the trial was pruned or failed, in words for the user.
        columns: How its columns were chosen.
        usual: Seconds that it should take on the machine that costs were measured on; 0 without a time limit.
        cut: Whether fits reached their deadline, and may have stopped early.
    """

    algorithm: str
    number: int
    parameters: dict[str, Any]
    origin: Literal["default", "portfolio", "search", "replay", "features"]
    outcome: Literal["complete", "pruned", "failed", "timeout"]
    score: float | None = None
    fold_scores: tuple[float, ...] = ()
    seconds: float = 0.0
    at: float = 0.0
    reason: str = ""
    columns: ColumnRule = "all"
    usual: float = 0.0
    cut: bool = False
