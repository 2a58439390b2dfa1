"""The stage that explains the chosen model."""

import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Explanation
from podium_ml.files.tables import read_table
from podium_ml.kinds import KINDS, Predictor, load_predictor
from podium_ml.reporting.explanation_page import render_explanation
from podium_ml.run.budget import Deadline, stage_deadline

# Seconds for importance, contributions and dependence of a model that predicts thousands of rows per second.
_LEAST_SECONDS = 1.5


def run(
    *, model: str, train: str, test: str, explanation: str, time_limit: str | float = ""
) -> dict[str, Any]:
    """Explain a model in terms of the user's columns.

    Args:
        model: Folder of the chosen model.
        train: Parquet file of the training rows.
        test: Parquet file of the test rows.
        explanation: Folder to write: ``explanation.json`` and ``explanation.html``.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        The ``columns`` that matter most, and the ``notes`` on what was left out.
    """
    predictor = load_predictor(Path(model) / "model.pkl")
    deadline = _deadline(time_limit, rows=predictor.problem.n_train)
    result = _explain(predictor, read_table(train), read_table(test), deadline)
    if not predictor.problem.examples:
        result = replace(result, examples=())
    folder = Path(explanation)
    folder.mkdir(parents=True, exist_ok=True)
    result.save(folder / "explanation.json")
    page = render_explanation(result, predictor.problem)
    (folder / "explanation.html").write_text(page, encoding="utf-8")
    return {"columns": [one.column for one in result.columns[:5]], "notes": list(result.notes)}


def _deadline(time_limit: str | float, *, rows: int) -> Deadline:
    """Return when to finish: even in a run that is late, an explanation of a quick model has the time that it takes."""
    planned, least = stage_deadline("explain_model", time_limit, rows=rows), Deadline.after(_LEAST_SECONDS)
    return planned if planned.at > least.at else least


def _explain(
    predictor: Predictor, train: pd.DataFrame, test: pd.DataFrame, deadline: Deadline
) -> Explanation:
    """Return the explanation. If it fails, return an empty one that says so, because the run must not fail for it."""
    try:
        return KINDS[predictor.problem.kind].explain(predictor, train=train, test=test, deadline=deadline)
    except Exception as error:
        traceback.print_exc()
        note = f"The model could not be explained: {type(error).__name__}: {error}"[:500]
        return Explanation.absent(predictor.name, metric=predictor.problem.metric, note=note)
