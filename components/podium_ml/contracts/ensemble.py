"""Which trials an ensemble is made of, and how much each counts."""

from dataclasses import dataclass
from typing import Literal

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class EnsembleMember:
    """One base model of an ensemble.

    Attributes:
        algorithm: Branch that the model comes from.
        trial: Number of the trial within the branch.
        weight: Share in a weighted average; for a stacked ensemble the meta-model's weight, for display only.
    """

    algorithm: str
    trial: int
    weight: float


@dataclass(frozen=True)
class Ensemble(Contract):
    """One ensemble; lies as ``<name>.json`` in the ensemble artifact's folder.

    Beside it lies ``<name>.npy`` (its cross-fitted out-of-fold predictions, shaped as a candidate's) and for a stacked
    one ``<name>.pkl`` (the meta-model fitted on all out-of-fold predictions).

    Attributes:
        name: ``weighted_ensemble`` or ``stacked_ensemble``.
        kind: How members are combined.
        members: Members with a weight above zero.
        score: Cross-fitted out-of-fold value of the metric: weights were fitted on other folds than they are scored on.
        seconds: Seconds that building it took.
    """

    name: str
    kind: Literal["weighted", "stacked"]
    members: tuple[EnsembleMember, ...]
    score: float
    seconds: float = 0.0
