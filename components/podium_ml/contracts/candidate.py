"""The result of one branch: its best trained trials, or why it failed."""

from dataclasses import dataclass, field
from typing import Any, Literal

from podium_ml.contracts._contract import Contract
from podium_ml.contracts.column_choice import ColumnChoice

# Ends the reason of a candidate whose best trial had no time for all its rounds or estimators.
CUT_SHORT = "The training of its best model was cut short."


@dataclass(frozen=True)
class FittedTrial:
    """A trial whose model was kept.

    Attributes:
        number: Number of the trial within its branch.
        parameters: The configuration.
        score: Out-of-fold value of the metric.
        fold_scores: The metric on each fold.
        fit_seconds: Seconds for fitting the model of all training rows.
        predict_seconds: Seconds for each further row of a prediction of many rows.
        size_bytes: Size of the pickled model in bytes.
        rounds: Number of rounds that the folds agreed on, one per estimator; empty if there are no rounds.
        row_seconds: Seconds to predict one encoded row on its own.
        columns: The columns that the model of all training rows uses.
        sharpness: How much the model sharpens its predictions.
    """

    number: int
    parameters: dict[str, Any]
    score: float
    fold_scores: tuple[float, ...]
    fit_seconds: float
    predict_seconds: float
    size_bytes: int
    rounds: tuple[int, ...] = ()
    row_seconds: float = 0.0
    columns: ColumnChoice = field(default_factory=ColumnChoice)
    sharpness: float = 1.0


@dataclass(frozen=True)
class Candidate(Contract):
    """The result of one branch, stored as ``candidate.json`` in the folder of the candidate.

    The folder also contains ``trials.jsonl`` (the ledger, one ``Trial`` per line), and for each kept trial
    ``models/<number>.pkl`` (a ``BaggedModel``) and ``oof/<number>.npz`` (an ``OutOfFold``: shape ``(r, n_classes)``
    probabilities or ``(r,)`` values of the ``r`` training rows in a validation fold, float64). Networks that change
    pictures in training leave ``augmented_pictures.json`` for the report.

    Attributes:
        algorithm: Name of the branch: that of the algorithm, with the shard if there are several.
        status: ``ok`` if at least one trial was kept.
        reason: Why the branch failed or stopped early, in words for the user; empty if all went well.
        kept: Kept trials, best first; empty if the branch failed.
        n_trials: Number of trials in the ledger.
        seconds: Wall-clock seconds of the branch.
        peak_memory_bytes: Peak resident memory in bytes; 0 if unknown.
    """

    algorithm: str
    status: Literal["ok", "failed"]
    reason: str = ""
    kept: tuple[FittedTrial, ...] = ()
    n_trials: int = 0
    seconds: float = 0.0
    peak_memory_bytes: int = 0

    def facts(self) -> dict[str, Any]:
        """Return what the progress display and the metadata of the artifact show."""
        return {
            "algorithm": self.algorithm,
            "status": self.status,
            "reason": self.reason,
            "score": self.kept[0].score if self.kept else None,
            "n_trials": self.n_trials,
            "seconds": round(self.seconds, 3),
        }
