"""The models of a run that may be chosen, loaded when they are needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from podium_ml.contracts import Ensemble, FittedTrial, ModelChoice
from podium_ml.ensembling import assemble, describe, load_oof
from podium_ml.models import BaggedModel
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.candidate_folder import CandidateFolder

Key = tuple[str, int]


@dataclass(frozen=True)
class Contender:
    """A model that may be chosen.

    Attributes:
        name: Algorithm name, ``weighted_ensemble`` or ``stacked_ensemble``.
        score: Its out-of-fold score; cross-fitted for ensembles.
        members: The trials that it is made of, by branch and number.
        ensemble: The ensemble, or ``None`` for a branch's best trial.
    """

    name: str
    score: float
    members: dict[Key, FittedTrial]
    ensemble: Ensemble | None = None

    @property
    def fit_seconds(self) -> float:
        """Seconds that fitting all members took."""
        return sum(trial.fit_seconds for trial in self.members.values())

    @property
    def predict_seconds(self) -> float:
        """Seconds that one row of many takes."""
        return sum(trial.predict_seconds for trial in self.members.values())

    @property
    def size_bytes(self) -> int:
        """Bytes of all members."""
        return sum(trial.size_bytes for trial in self.members.values())

    @property
    def interpretable(self) -> bool:
        """Whether its predictions can be read off the model."""
        return self.ensemble is None and ALGORITHMS[self.name].interpretable


class ModelStore:
    """Reads what the branches and the ensemble stage wrote.

    Args:
        candidates: Folders of the candidates.
        ensemble: Folder of the ensembles.

    Attributes:
        contenders: Every branch's best trial and the ensembles, in no order.
        failed: Branches without a model.
    """

    def __init__(self, candidates: Sequence[str | Path], ensemble: str | Path) -> None:
        found = [(folder, folder.candidate) for folder in map(CandidateFolder, candidates)]
        self._folders = {one.algorithm: folder for folder, one in found}
        self._ensemble = ensemble
        self._trials = {(one.algorithm, trial.number): trial for _, one in found for trial in one.kept}
        ensembles = describe(ensemble)
        self._shared = {(m.algorithm, m.trial) for one in ensembles for m in one.members}
        self._loaded: dict[Key, BaggedModel] = {}
        self.failed = [
            ModelChoice(one.algorithm, None, eligible=False, reason=one.reason)
            for _, one in found
            if not one.kept
        ]
        self.contenders = [self._single(one.algorithm, one.kept[0]) for _, one in found if one.kept]
        self.contenders += map(self._combined, ensembles)

    def contender(self, name: str) -> Contender:
        """Return a contender by its name."""
        return next(one for one in self.contenders if one.name == name)

    def model(self, contender: Contender) -> Any:
        """Return a contender as a model; those that ensembles share are loaded once."""
        return self.put_together(contender, {key: self._load(key) for key in contender.members})

    def put_together(self, contender: Contender, models: dict[Key, BaggedModel]) -> Any:
        """Return a contender's model made of the given members, which may be other than it was trained with."""
        if contender.ensemble is None:
            return next(iter(models.values()))
        return assemble(self._ensemble, contender.ensemble, models)

    def oof(self, contender: Contender) -> np.ndarray:
        """Return a contender's out-of-fold predictions of all training rows; cross-fitted for ensembles."""
        if contender.ensemble is not None:
            return load_oof(self._ensemble, contender.name)
        ((algorithm, number),) = contender.members
        return self._folders[algorithm].load_oof(number)

    def _single(self, algorithm: str, best: FittedTrial) -> Contender:
        return Contender(algorithm, best.score, {(algorithm, best.number): best})

    def _combined(self, ensemble: Ensemble) -> Contender:
        keys = [(member.algorithm, member.trial) for member in ensemble.members]
        return Contender(ensemble.name, ensemble.score, {key: self._trials[key] for key in keys}, ensemble)

    def _load(self, key: Key) -> BaggedModel:
        if key in self._loaded:
            return self._loaded[key]
        model = self._folders[key[0]].load_model(key[1])
        if key in self._shared:
            self._loaded[key] = model
        return model
