"""The stage that compares the chosen model with the champion. No training or selection follows it."""

from pathlib import Path
from typing import Any

import numpy as np

from podium_ml.champions.challenge import Gate, decide
from podium_ml.champions.decay import decay_of
from podium_ml.champions.folder import ChampionFolder
from podium_ml.champions.seen_rows import hash_rows, rows_to_compare
from podium_ml.contracts import Decision, Problem, Selection
from podium_ml.files.tables import read_table
from podium_ml.kinds import load_predictor
from podium_ml.run.budget import stage_deadline
from podium_ml.run.events import emit
from podium_ml.selection.limits import Limits
from podium_ml.settings import PromotionSettings

DECISION = "decision.json"
_COMPARED = "compared.npy"


def run(
    *,
    champion: str,
    model: str,
    train: str,
    test: str,
    problem: str,
    settings: dict[str, Any],
    evaluation: str,
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Score champion and challenger on the test rows that are new to both, and decide on the promotion.

    Args:
        champion: Folder of the champion.
        model: Folder of the chosen model.
        train: Parquet file of the training rows, whose hashes are kept.
        test: Parquet file of the test rows.
        problem: File of the problem.
        settings: The ``PromotionSettings``.
        evaluation: Folder of the evaluation; gets ``decision.json``, ``train.npy`` and ``test.npy`` with the hashes of
            the rows unless they are of series, and ``compared.npy`` with those that a champion was compared on.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        Fields of the ``Decision``.
    """
    folder, task = Path(evaluation), Problem.load(problem)
    tables = {"train": read_table(train), "test": read_table(test)}
    deadline = stage_deadline("challenge_champion", time_limit, rows=task.n_train)
    asked = PromotionSettings.read(settings)
    folder.mkdir(parents=True, exist_ok=True)
    # Forecasts are compared on stamps after the champion's, whatever rows it has seen.
    for name, table in tables.items() if task.series is None else ():
        np.save(folder / f"{name}.npy", hash_rows(table, task), allow_pickle=False)
    result = decide(
        task,
        Selection.load(Path(model) / "selection.json"),
        challenger=load_predictor(Path(model) / "model.pkl"),
        champion=ChampionFolder(champion),
        **tables,
        gate=Gate(asked.promote, asked.promotion_margin, Limits.of(asked)),
        deadline=deadline,
    )
    if result.champion and result.improvement is not None:
        compared = rows_to_compare(tables["test"], ChampionFolder(champion))
        np.save(folder / _COMPARED, compared, allow_pickle=False)
    if decayed := decay_of(result, task):
        emit("notice", text=decayed)
    result.save(folder / DECISION)
    return result.to_dict()


def record_failure(
    *, champion: str, model: str, settings: dict[str, Any], evaluation: str, reason: str
) -> dict[str, Any]:
    """Record that the comparison failed. The champion then stays, whatever the settings say.

    Args:
        champion: Name and version of the champion, like ``"churn/7"``; empty if there is none.
        model: Folder of the chosen model.
        settings: The ``PromotionSettings``.
        evaluation: Folder of the evaluation.
        reason: Why the comparison failed, in words for the user.

    Returns:
        Fields of the ``Decision``.
    """
    asked = PromotionSettings.read(settings)
    result = Decision(
        promoted=False,
        reason=f"The comparison failed: {reason}",
        challenger=Selection.load(Path(model) / "selection.json").chosen,
        champion=champion,
        promote=asked.promote,
        margin=asked.promotion_margin,
    )
    result.save(Path(evaluation) / DECISION)
    return result.to_dict()


def seen_rows(evaluation: str, *, with_test: bool) -> np.ndarray | None:
    """Return the hashes of the rows that later comparisons must not use, or ``None`` if the files are missing.

    Args:
        evaluation: Folder that ``run`` wrote to.
        with_test: Whether to include the test rows. This is needed if the model was refitted on them. It is also needed
            if a later run on the same data would set the same rows aside, because it could then win by trying often
            enough.
    """
    paths = [Path(evaluation) / f"{name}.npy" for name in (("train", "test") if with_test else ("train",))]
    if not all(path.exists() for path in paths):
        return None
    return np.concatenate([np.load(path, allow_pickle=False) for path in paths])


def compared_rows(evaluation: str) -> np.ndarray | None:
    """Return the hashes of the rows that the champion was compared on, or ``None`` if there was no comparison.

    Args:
        evaluation: Folder that ``run`` wrote to.
    """
    path = Path(evaluation) / _COMPARED
    return np.load(path, allow_pickle=False) if path.exists() else None
