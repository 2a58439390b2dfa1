"""Ensembles on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from podium_ml.contracts import Ensemble
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.files import pickles
from podium_ml.models import (
    BaggedModel,
    LayeredEnsemble,
    MedianEnsemble,
    StackedEnsemble,
    WeightedEnsemble,
    share_encoders,
)
from podium_ml.training.candidate_folder import CandidateFolder

# Folder of the ensembles within the folder of the chosen model.
ENSEMBLES = "ensembles"
_KIND = "meta model"

EnsembleModel: TypeAlias = WeightedEnsemble | StackedEnsemble | LayeredEnsemble


def save(folder: str | Path, ensemble: Ensemble, oof: OutOfFold, *, meta: Any = None) -> None:
    """Write an ensemble to the folder of all ensembles.

    Args:
        folder: Folder of all ensembles of a run.
        ensemble: The ensemble.
        oof: Its cross-fitted out-of-fold predictions of training rows.
        meta: The meta-model of a stacked ensemble, the second layer of a layered one, or the weights by group of an
            averaged one.
    """
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    oof.save(path / f"{ensemble.name}.npz")
    if meta is not None:
        pickles.dump(meta, path / f"{ensemble.name}.pkl", kind=_KIND)
    ensemble.save(path / f"{ensemble.name}.json")


def describe(folder: str | Path) -> list[Ensemble]:
    """Return the ensembles of a run, by name."""
    return [Ensemble.load(path) for path in sorted(Path(folder).glob("*.json"))]


def load_oof(folder: str | Path, name: str) -> OutOfFold:
    """Return an ensemble's cross-fitted out-of-fold predictions."""
    return OutOfFold.load(Path(folder) / f"{name}.npz")


def load(folder: str | Path, candidates: Sequence[str | Path]) -> dict[str, EnsembleModel]:
    """Return the ensembles of a run as models, by name.

    Args:
        folder: Folder of the ensembles.
        candidates: Folders of the candidates, which contain the members.
    """
    folders = {(one := CandidateFolder(path)).candidate.algorithm: one for path in candidates}
    models: dict[tuple[str, int], BaggedModel] = {}
    for ensemble in describe(folder):
        for member in ensemble.members:
            key = (member.algorithm, member.trial)
            if key not in models:
                models[key] = folders[member.algorithm].load_model(member.trial)
    return {one.name: assemble(folder, one, models) for one in describe(folder)}


def assemble(
    folder: str | Path, ensemble: Ensemble, models: dict[tuple[str, int], BaggedModel]
) -> EnsembleModel:
    """Return an ensemble as a model, built from member models given by branch and trial."""
    names = [(one.algorithm, one.trial) for one in ensemble.members]
    shared = share_encoders([models[name] for name in names])
    return _put_together(Path(folder), ensemble, dict(zip(names, shared, strict=True)))


def _put_together(
    folder: Path, ensemble: Ensemble, models: dict[tuple[str, int], BaggedModel]
) -> EnsembleModel:
    """Return an ensemble as a model, built from member models that share their encoders."""
    members = tuple(models[one.algorithm, one.trial] for one in ensemble.members)
    weights = tuple(member.weight for member in ensemble.members)
    path = folder / f"{ensemble.name}.pkl"
    meta: Any = pickles.load(path, kind=_KIND) if path.exists() else None
    if ensemble.kind == "weighted":
        return WeightedEnsemble(members, weights, meta)
    if ensemble.kind == "median":
        return MedianEnsemble(members, weights)
    if ensemble.kind == "layered":
        first = Ensemble.load(folder / f"{ensemble.first}.json")
        names = [(one.algorithm, one.trial) for one in ensemble.members]
        positions = tuple(names.index((one.algorithm, one.trial)) for one in first.members)
        return LayeredEnsemble(members, weights, _put_together(folder, first, models), positions, meta)
    return StackedEnsemble(members, meta, members[0].folds[0].n_classes)
