"""What forecasters are compared on: stamps after the champion's data, from equal histories."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.champions.comparable_rows import FEWEST_ROWS, NotComparableError, check_same_question
from podium_ml.champions.paired_bootstrap import Answer
from podium_ml.contracts import Champion, Problem
from podium_ml.errors import PodiumError


def later_rows(
    test: pd.DataFrame, problem: Problem, champion: Champion, later: np.ndarray
) -> tuple[pd.DataFrame, int]:
    """Return the test rows whose stamps are after all of the champion's data, and the number of rows left out.

    Args:
        test: The test rows.
        problem: The problem of the challenger.
        champion: The champion.
        later: Which rows these are, as ``which_later`` says.

    Raises:
        NotComparableError: The models answer different questions, or there are too few such rows.
    """
    check_same_question(problem, champion.problem)
    rows = test[later].reset_index(drop=True)
    if len(rows) < FEWEST_ROWS:
        count = "1 test row is" if len(rows) == 1 else f"{len(rows)} test rows are"
        raise NotComparableError(
            f"Only {count} after the champion's data; at least {FEWEST_ROWS} are needed, so the champion stays."
        )
    return rows, int((~later).sum())


def which_later(test: pd.DataFrame, problem: Problem, champion: Champion, model: Any) -> np.ndarray:
    """Return which rows are after all that the champion's forecaster knows, shape ``(n,)``.

    Raises:
        NotComparableError: The models answer different questions, or the champion cannot read the rows.
    """
    check_same_question(problem, champion.problem)
    try:
        return np.asarray(model.is_later(test), dtype=bool)
    except PodiumError as error:
        raise NotComparableError(f"The champion cannot read the new rows: {error}") from error


def track_record(model: Any, rows: pd.DataFrame) -> dict[str, Any]:
    """Return the fields of a decision with the scores of what the champion had forecast, if that has happened since.

    Args:
        model: Its forecaster.
        rows: All rows of this run.
    """
    try:
        since, record = model.track_record(rows)
    except PodiumError:  # the comparison says why the champion cannot read the rows
        return {}
    return {"since": since, "record": record}


def answer_after(model: Any, history: pd.DataFrame, rows: pd.DataFrame) -> Answer:
    """Return the champion's forecasts of some rows from the history that the challenger has.

    Args:
        model: Its forecaster.
        history: The training rows of the challenger; what the champion knows of later ones is left out.
        rows: Rows to forecast.

    Raises:
        NotComparableError: The champion cannot forecast the rows.
    """
    try:
        return Answer(model.predict_after(history, rows))
    except PodiumError as error:
        raise NotComparableError(f"The champion cannot forecast the new rows: {error}") from error
