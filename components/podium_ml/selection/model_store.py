"""The models of a run that can be chosen, loaded on demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Ensemble, FittedTrial, ModelChoice
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.ensembling import assemble, describe, load_oof
from podium_ml.models import BaggedModel
from podium_ml.training.candidate_folder import CandidateFolder

Key = tuple[str, int]


@dataclass(frozen=True)
class Contender:
    """A model that can be chosen.

    Attributes:
        name: Algorithm name, or that of an ensemble.
        score: Out-of-fold score; cross-fitted for ensembles.
        members: The trials that it consists of, by branch and number.
        ensemble: The ensemble, or ``None`` for the best trial of a branch.
        interpretable: Whether the model is interpretable.
    """

    name: str
    score: float
    members: dict[Key, FittedTrial]
    ensemble: Ensemble | None = None
    interpretable: bool = False

    @property
    def goes_first(self) -> bool:
        """Whether it is an ensemble that goes before single models; see ``Ensemble``."""
        return self.ensemble is not None and self.ensemble.goes_first

    @property
    def fit_seconds(self) -> float:
        """Seconds that fitting all members took."""
        return sum(trial.fit_seconds for trial in self.members.values())

    @property
    def predict_seconds(self) -> float:
        """Seconds per row in a batch."""
        return sum(trial.predict_seconds for trial in self.members.values())

    @property
    def size_bytes(self) -> int:
        """Total size of all members, in bytes."""
        return sum(trial.size_bytes for trial in self.members.values())


class ModelStore:
    """Reads the output of the branches and of the ensemble stage.

    Args:
        candidates: Folders of the candidates.
        ensemble: Folder of the ensembles.
        algorithms: The algorithms of the kind of problem.

    Attributes:
        contenders: The best trial of every branch, and the ensembles, in no particular order.
        failed: Branches without a model.
    """

    def __init__(
        self,
        candidates: Sequence[str | Path],
        ensemble: str | Path,
        *,
        algorithms: Mapping[str, AlgorithmSpec],
    ) -> None:
        self._algorithms = algorithms
        pairs = [(folder, folder.candidate) for folder in map(CandidateFolder, candidates)]
        self._folders = {one.algorithm: folder for folder, one in pairs}
        self._ensemble = ensemble
        self._trials = {(one.algorithm, trial.number): trial for _, one in pairs for trial in one.kept}
        ensembles = describe(ensemble)
        self._shared = {(m.algorithm, m.trial) for one in ensembles for m in one.members}
        self._loaded: dict[Key, BaggedModel] = {}
        self.failed = [
            ModelChoice(one.algorithm, None, eligible=False, reason=one.reason)
            for _, one in pairs
            if not one.kept
        ]
        self.contenders = [self._single(one.algorithm, one.kept[0]) for _, one in pairs if one.kept]
        self.contenders += map(self._combined, ensembles)

    def contender(self, name: str) -> Contender:
        """Return a contender by its name."""
        return next(one for one in self.contenders if one.name == name)

    def model(self, contender: Contender) -> Any:
        """Return a contender as a model. Models shared by ensembles are loaded only once."""
        return self.put_together(contender, {})

    def put_together(self, contender: Contender, refitted: Mapping[Key, BaggedModel]) -> Any:
        """Return a contender's model built from the given members, and from the others as they were trained."""
        models = {key: refitted[key] if key in refitted else self._load(key) for key in contender.members}
        if contender.ensemble is None:
            return next(iter(models.values()))
        return assemble(self._ensemble, contender.ensemble, models)

    def oof(self, contender: Contender) -> OutOfFold:
        """Return a contender's out-of-fold predictions; cross-fitted for ensembles."""
        if contender.ensemble is not None:
            return load_oof(self._ensemble, contender.name)
        ((algorithm, number),) = contender.members
        return self._folders[algorithm].load_oof(number)

    def _single(self, algorithm: str, best: FittedTrial) -> Contender:
        interpretable = self._algorithms[algorithm].interpretable
        return Contender(algorithm, best.score, {(algorithm, best.number): best}, interpretable=interpretable)

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
