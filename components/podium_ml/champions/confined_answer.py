"""The champion's predictions of the rows of a comparison, made in a process of their own.

The champion's model comes from a registry and may be a stranger's, so ``predict`` runs in a child without credentials.
It writes numbers, and the comparison, which runs elsewhere, reads nothing else of it.
"""

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.champions.answers import answer_of
from podium_ml.champions.comparable_rows import NotComparableError, new_rows
from podium_ml.champions.folder import ANSWER, ChampionFolder
from podium_ml.champions.later_stamps import answer_after, later_rows, track_record, which_later
from podium_ml.champions.paired_bootstrap import Answer
from podium_ml.contracts import Champion, Problem
from podium_ml.errors import PodiumError
from podium_ml.files.tables import read_table
from podium_ml.kinds import Predictor
from podium_ml.metrics import Threshold
from podium_ml.run.budget import Deadline, stage_deadline

# A sample of this many rows estimates how long predicting takes. Predicting may take this share of the time left.
_TRIED_ROWS, _TIME_SHARE = 200, 0.5
# Characters of texts of the child that are kept.
_LONGEST_REASON, _LONGEST_SINCE = 500, 40


def predict(
    *, champion: str, train: str, test: str, problem: str, folder: str, time_limit: str | float = ""
) -> None:
    """Predict the test rows that are new to the champion.

    Args:
        champion: Folder of the champion.
        train: Parquet file of the training rows, after which forecasters forecast.
        test: Parquet file of the test rows.
        problem: File of the problem of this run.
        folder: Where to write the predictions, or why there are none.
        time_limit: Wall-clock limit of the whole run.
    """
    task = Problem.load(problem)
    deadline = stage_deadline("challenge_champion", time_limit, rows=task.n_train)
    known = pd.DataFrame() if task.series is None else read_table(train)
    tables = {"train": known, "test": read_table(test)}
    write_answer(ChampionFolder(champion), task, **tables, deadline=deadline, into=Path(folder))


def write_answer(
    champion: ChampionFolder,
    problem: Problem,
    *,
    train: pd.DataFrame,
    test: pd.DataFrame,
    deadline: Deadline,
    into: Path,
) -> None:
    """Do the work of ``predict`` in this process."""
    written: dict[str, Any] = {}
    try:
        if problem.series is None:
            written |= _predicted(champion, test, problem, deadline)
        else:
            model: Any = _model(champion)
            record = track_record(model, pd.concat([train, test], ignore_index=True))
            written["record"] = np.asarray(json.dumps(record))
            written |= _forecast(champion, model, train, test, problem)
    except NotComparableError as why:
        written["reason"] = np.asarray(str(why))
    np.savez(into / ANSWER, **written)


def _predicted(
    folder: ChampionFolder, test: pd.DataFrame, problem: Problem, deadline: Deadline
) -> dict[str, Any]:
    rows, _ = new_rows(test, problem, _champion(folder), folder)
    model = _model(folder)
    rows = affordable(rows, model, problem.seed, deadline)
    answer = answer_of(model, rows.reset_index(drop=True), problem, whose="champion")
    threshold: Any = [] if answer.threshold is None else answer.threshold
    return {
        "rows": rows.index.to_numpy(),
        "raw": answer.raw,
        "threshold": np.asarray(threshold, dtype=np.float64),
    }


def _forecast(
    folder: ChampionFolder, model: Any, train: pd.DataFrame, test: pd.DataFrame, problem: Problem
) -> dict[str, Any]:
    champion = _champion(folder)
    later = which_later(test, problem, champion, model)
    rows, _ = later_rows(test, problem, champion, later)
    answer = answer_after(model, train, rows)
    return {"later": later, "rows": np.arange(len(rows)), "raw": answer.raw, "threshold": np.zeros(0)}


def _champion(folder: ChampionFolder) -> Champion:
    if folder.champion is None:
        raise NotComparableError("There is no champion.")
    return folder.champion


def _model(folder: ChampionFolder) -> Predictor:
    try:
        return folder.predictor()
    except PodiumError as error:
        raise NotComparableError(f"The champion's model cannot be loaded: {error}") from error


def read_answer(folder: ChampionFolder, rows: int) -> tuple[np.ndarray, Answer]:
    """Return the positions of the rows that were predicted, and the predictions.

    Args:
        folder: Folder of the champion.
        rows: Number of rows that are new to it.

    Raises:
        NotComparableError: There are no predictions, or they are no numbers of these rows.
    """
    with _readable(folder) as read:
        positions = _positions(read["rows"], rows)
        return positions, Answer(_numbers(read["raw"], len(positions)), _threshold(read["threshold"]))


def read_later(folder: ChampionFolder, rows: int) -> np.ndarray:
    """Return which test rows are after the data of a champion that forecasts, shape ``(n,)``. Raises likewise."""
    with _readable(folder) as read:
        later = read["later"]
        if later.dtype.kind != "b" or later.shape != (rows,):
            raise ValueError("this does not say which rows are later")
        return later


def read_record(folder: ChampionFolder) -> dict[str, Any]:
    """Return the fields of a decision with the scores of what the champion had forecast; empty if there are none."""
    with contextlib.suppress(NotComparableError), _readable(folder, whole=False) as read:
        record = json.loads(str(read["record"]))
        if record:
            scores = {str(name): float(value) for name, value in record["record"].items()}
            return {"since": str(record["since"])[:_LONGEST_SINCE], "record": scores}
    return {}


@contextlib.contextmanager
def _readable(folder: ChampionFolder, *, whole: bool = True) -> Iterator[dict[str, np.ndarray]]:
    """Give what the child wrote, and turn whatever a stranger's file does to its reader into a plain reason.

    Args:
        folder: Folder of the champion.
        whole: Whether there must be predictions.
    """
    path = folder.path / ANSWER
    if path.is_symlink() or not path.is_file():
        raise NotComparableError("The champion predicted nothing.")
    try:
        with np.load(path, allow_pickle=False) as content:
            read = {name: content[name] for name in content}
        if whole and "reason" in read:
            raise NotComparableError(str(read["reason"])[:_LONGEST_REASON])
        yield read
    except NotComparableError:
        raise
    except Exception as error:
        raise NotComparableError("The champion's predictions cannot be read.") from error


def affordable(rows: pd.DataFrame, model: Predictor, seed: int, deadline: Deadline) -> pd.DataFrame:
    """Return as many rows as two models have time to predict, with their index."""
    if len(rows) <= _TRIED_ROWS or not np.isfinite(deadline.remaining()):
        return rows
    began = time.perf_counter()
    model.predict_raw(rows.head(_TRIED_ROWS).reset_index(drop=True))
    per_row = (time.perf_counter() - began) / _TRIED_ROWS
    most = max(_TRIED_ROWS, int(_TIME_SHARE * deadline.remaining() / max(per_row, 1e-9) / 2))
    return rows.sample(n=min(most, len(rows)), random_state=seed).sort_index()


def _positions(positions: np.ndarray, rows: int) -> np.ndarray:
    ascending = (
        positions.ndim == 1 and positions.dtype.kind == "i" and (np.diff(positions, prepend=-1) > 0).all()
    )
    if not ascending or not len(positions) or positions[-1] >= rows:
        raise ValueError("these are no positions of rows")
    return positions


def _numbers(raw: np.ndarray, rows: int) -> np.ndarray:
    if raw.dtype.kind != "f" or len(raw) != rows:
        raise ValueError("these are no predictions of the rows")
    return raw


def _threshold(values: np.ndarray) -> Threshold:
    if values.dtype.kind != "f" or values.ndim > 1:
        raise ValueError("this is no threshold")
    if values.ndim == 0:
        return float(values)
    return tuple(values.tolist()) if len(values) else None
