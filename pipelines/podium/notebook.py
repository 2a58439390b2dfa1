"""A notebook that loads a model of a run, predicts, scores and explains, and runs as it stands."""

import json
from typing import TYPE_CHECKING, Any

from podium.run_artifacts import has_artifacts
from podium_ml.kinds import KINDS
from podium_ml.targets import target_of
from podium_ml.values.markup import escape_markdown

if TYPE_CHECKING:
    from podium.api import Run
    from podium_ml.contracts import Problem

# The version of the format: https://nbformat.readthedocs.io/en/latest/format_description.html
_FORMAT = {"nbformat": 4, "nbformat_minor": 5}
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def make_notebook(run: "Run", model: str = "") -> str:
    """Return the notebook as text.

    Args:
        run: A run that has succeeded.
        model: A model of its leaderboard; empty for the chosen one.

    Raises:
        RunError: The run has no model, or only the chosen one is on this machine.
        SettingsError: There is no such model.
    """
    predictor = run.model(model)
    parts = _cells(run, predictor.problem, predictor.name, whole=has_artifacts(run.folder))
    # Names are texts of others.
    cells = [_text(0, f"# {escape_markdown(predictor.name)}\n\n{_about(run, predictor.problem)}")]
    for title, code in parts:
        cells += [_text(len(cells), f"## {title}"), _code(len(cells) + 1, code)]
    metadata = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}
    return json.dumps({**_FORMAT, "metadata": metadata, "cells": cells}, indent=1, ensure_ascii=False) + "\n"


def _about(run: "Run", problem: "Problem") -> str:
    target, metric, name = map(escape_markdown, (problem.target, problem.metric, run.path.name))
    return f"A model of **{target}**, compared by {metric}, from the run {name}."


def _cells(run: "Run", problem: "Problem", name: str, *, whole: bool) -> list[tuple[str, str]]:
    """Return titles and code; without the run's artifacts, the rows are those that the model keeps."""
    load = f"import pandas as pd\nimport podium\n\nrun = {_opened(run)}\n"
    if not whole:
        rows = (
            [("Predict rows", "rows = model.sample\nmodel.predict(rows)[:10]")]
            if problem.series is None
            else []
        )
        scores = ("The scores of all models", "run.leaderboard")
        return [("Load the model", f"{load}model = run.predictor\nmodel"), *rows, scores]
    load += f"model = run.model({name!r})\nscored = run.model({name!r}, refitted=False)\n"
    load += "rows = run.test_rows\nrows.head()"
    usage = KINDS[problem.kind].usage(problem)
    cells = usage.cells if usage and usage.cells else _row_cells(problem)
    return [("Load the model and the test rows", load), *cells]


def _opened(run: "Run") -> str:
    """Return the code that opens the run: from its server wherever the notebook is, or from its folder."""
    if run.state.run_id:
        return f"podium.open_run({run.state.run_id!r})"
    return f"podium.open_run({str(run.path)!r}, refresh=False)"


def _row_cells(problem: "Problem") -> tuple[tuple[str, str], ...]:
    predict = "rows.assign(prediction=model.predict(rows)).head(10)"
    if target_of(problem).output == "probabilities":
        predict = "pd.DataFrame(model.predict_proba(rows), columns=list(map(str, model.classes_))).head(10)\n"
        predict += "rows.assign(prediction=model.predict(rows)).head(10)"
    return (
        ("Predict", predict),
        (
            "Score, by the model that has not seen these rows",
            "podium.score(scored, rows)",
        ),
        (
            "Explain: what each column contributed to each prediction",
            "model.explain(rows.head(5))",
        ),
    )


def _text(number: int, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": f"cell-{number}", "metadata": {}, "source": text}


def _code(number: int, code: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"cell-{number}",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": code,
    }
