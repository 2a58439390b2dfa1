"""The stage that lets the chosen model challenge the champion; nothing that trains or selects follows it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.champions.challenge import Gate, decide
from podium_ml.champions.folder import ChampionFolder
from podium_ml.champions.seen_rows import hash_rows
from podium_ml.contracts import Decision, Problem, Selection
from podium_ml.run.budget import stage_deadline
from podium_ml.selection.limits import Limits
from podium_ml.tabular.predictor import Predictor

DECISION = "decision.json"


def run(
    *,
    champion: str,
    model: str,
    train: str,
    test: str,
    problem: str,
    settings: dict[str, Any],
    decision: str,
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Score champion and challenger on the test rows that are new to both, and decide.

    Args:
        champion: Folder of the champion.
        model: Folder of the chosen model.
        train: Parquet file of the training rows, of which hashes are kept.
        test: Parquet file of the test rows.
        problem: File of the problem.
        settings: ``promote``, ``promotion_margin``, ``max_latency`` and ``max_memory``.
        decision: Folder to write: ``decision.json``, and ``train.npy`` and ``test.npy`` with the rows' hashes.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        Fields of the ``Decision``.
    """
    deadline = stage_deadline("challenge_champion", time_limit)
    folder, task, rows = Path(decision), Problem.load(problem), pd.read_parquet(test)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (("train", pd.read_parquet(train)), ("test", rows)):
        np.save(folder / f"{name}.npy", hash_rows(table, task), allow_pickle=False)
    result = decide(
        task,
        Selection.load(Path(model) / "selection.json"),
        challenger=Predictor.load(Path(model) / "model.pkl"),
        champion=ChampionFolder(champion),
        test=rows,
        gate=Gate(settings["promote"], settings["promotion_margin"], Limits.parse(settings)),
        deadline=deadline,
    )
    result.save(folder / DECISION)
    return result.to_dict()


def record_failure(
    *, champion: str, model: str, settings: dict[str, Any], decision: str, reason: str
) -> dict[str, Any]:
    """Record that the comparison failed: then the champion stays, whatever was asked.

    Args:
        champion: Folder of the champion.
        model: Folder of the chosen model.
        settings: As ``run`` gets them.
        decision: Folder to write.
        reason: Why it failed, in words for the user.

    Returns:
        Fields of the ``Decision``.
    """
    present = ChampionFolder(champion).champion
    result = Decision(
        promoted=False,
        reason=f"The comparison failed: {reason}",
        challenger=Selection.load(Path(model) / "selection.json").chosen,
        champion=present.reference if present else "",
        promote=settings["promote"],
        margin=settings["promotion_margin"],
    )
    result.save(Path(decision) / DECISION)
    return result.to_dict()


def seen_rows(decision: str, *, with_test: bool) -> np.ndarray | None:
    """Return the hashes of the rows that say nothing new of the model to hand over, or ``None`` if they lack.

    Args:
        decision: Folder that ``run`` wrote.
        with_test: Whether the test rows are among them: the model was trained again on them too, or has been judged by
            rows that a later run on the same data would set aside again, and could win on by trying often enough.
    """
    paths = [Path(decision) / f"{name}.npy" for name in (("train", "test") if with_test else ("train",))]
    if not all(path.exists() for path in paths):
        return None
    return np.concatenate([np.load(path, allow_pickle=False) for path in paths])
