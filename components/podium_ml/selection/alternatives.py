"""Hands over a model of the leaderboard that was not chosen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.ensembling import ENSEMBLES
from podium_ml.errors import SettingsError
from podium_ml.files import pickles
from podium_ml.kinds import KINDS
from podium_ml.selection.assembly import corrections_of, kept_rows, make_predictor, sample_rows
from podium_ml.selection.model_store import ModelStore
from podium_ml.training.shards import joined_folders


def other_model(
    name: str,
    *,
    problem: str | Path,
    train: str | Path,
    features: str | Path,
    featurizer: str | Path,
    candidates: Sequence[str | Path],
    model: str | Path,
) -> Any:
    """Return the predictor of a model of the leaderboard, as it was scored: it has not seen the test rows.

    Args:
        name: Its name on the leaderboard.
        problem: File of the problem.
        train: Parquet file of the training rows.
        features: Folder of the feature table.
        featurizer: File of the featurizer.
        candidates: Folders of the candidates.
        model: Folder of the chosen model, with the ensembles.

    Raises:
        SettingsError: There is no such model, or it failed.
    """
    task = Problem.load(problem)
    folders, known_algorithms = joined_folders(candidates, model), KINDS[task.kind].algorithms
    store = ModelStore(folders, Path(model) / ENSEMBLES, algorithms=known_algorithms)
    known = sorted(one.name for one in store.contenders)
    if name not in known:
        raise SettingsError(f"This run has no model '{name}'.", f"It has {', '.join(known)}.")
    contender = store.contender(name)
    return make_predictor(
        contender,
        store,
        problem=task,
        featurizer=pickles.load(Path(featurizer), kind="featurizer"),
        corrections=corrections_of(store.oof(contender), Targets.load(features), task),
        sample=kept_rows(sample_rows(train, task), task),
    )
