"""The members of an ensemble and their weights."""

from dataclasses import dataclass
from typing import Literal

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class EnsembleMember:
    """One base model of an ensemble.

    Attributes:
        algorithm: Branch that the model comes from.
        trial: Number of the trial within the branch.
        weight: Share in a weighted average; for a stacked or layered ensemble, how much the model counts in it, for
            display only.
    """

    algorithm: str
    trial: int
    weight: float


@dataclass(frozen=True)
class Ensemble(Contract):
    """One ensemble, stored as ``<name>.json`` in the folder of the ensembles.

    The folder also contains ``<name>.npy`` (cross-fitted out-of-fold predictions, shaped like those of a candidate) and
    for a stacked or layered ensemble ``<name>.pkl`` (the meta-model or second layer fitted on all out-of-fold
    predictions).

    Attributes:
        name: ``weighted_ensemble``, ``median_ensemble``, ``stacked_ensemble`` or ``layered_ensemble``.
        kind: How members are combined.
        members: Members with a weight above zero.
        score: Cross-fitted out-of-fold value of the metric: weights are never scored on folds that they were fitted on.
        seconds: Seconds for building the ensemble.
        goes_first: Whether it is about as good as the best member, if that one, too, is chosen on other folds than
            those that score it; a single model's own score is that of the best of many.
        first: Name of the ensemble that is the first layer of a layered one.
    """

    name: str
    kind: Literal["weighted", "median", "stacked", "layered"]
    members: tuple[EnsembleMember, ...]
    score: float
    seconds: float = 0.0
    goes_first: bool = False
    first: str = ""
