"""Prints the results of a run when it ends."""

import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from podium.commands._output import relative, show_rows
from podium.commands.leaderboard import rows_of
from podium.terminal import say

if TYPE_CHECKING:
    from podium.api import Run

_MOST_DRIVERS = 5


def show_result(run: "Run", *, quiet: bool, as_json: bool) -> None:
    """Print the leaderboard, the model and report paths, and how to predict; or why there is nothing new."""
    if note := run.state.note:
        say(json.dumps({"event": "result", "run": str(run.path), "note": note}) if as_json else note)
        return
    model, report = (relative(run.path / name) for name in ("model.pkl", "report.html"))
    if as_json:
        result = {"event": "result", "run": str(run.path), "model": str(model), "report": str(report)}
        say(json.dumps({**result, "metrics": run.metrics}, default=str))
        return
    if not quiet:
        from podium_ml.reporting.formats import duration

        show_rows(rows_of(run.leaderboard), as_json=False)
        for title, text in facts_of(run.path):
            say(f"{title:8} {text}")
        say(f"Time     {duration(run.folder.seconds)}")
    say(f"Model    {model}")
    say(f"Report   {report}")
    if not quiet:
        say(_next_step(run))


def _next_step(run: "Run") -> str:
    """Return the command that uses the model."""
    from podium_ml.contracts import Problem
    from podium_ml.kinds import KINDS
    from podium_ml.values.addresses import public_names

    problem, path = Problem.load(run.path / "problem.json"), str(relative(run.path))
    if (usage := KINDS[problem.kind].usage(problem)) is not None:
        words = shlex.split(usage.commands[0][1])
        return f"{words[1].capitalize():8} {shlex.join([_command(), *words[1:]]).replace('model.pkl', path)}"
    words = [_command(), "predict", path, public_names(run.folder.readable_settings.source)]
    return f"Predict  {shlex.join(words)} --out predictions.csv"


def facts_of(folder: Path) -> list[tuple[str, str]]:
    """Return what a user wants to know of the delivered model: score, refit, cost and drivers, each with its title.

    Args:
        folder: Folder of a finished run.
    """
    import pandas as pd

    from podium_ml.reporting.formats import counted, duration, number, size

    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    board = pd.read_csv(folder / "leaderboard.csv")
    chosen = board[board["chosen"]].iloc[0]
    facts = []
    if test := metrics["test"].get(metrics["metric"]):
        interval = f" ({number(test['low'])} to {number(test['high'])})" if test["low"] is not None else ""
        rows = counted(metrics["test_rows"], "test row")
        facts.append(("Test", f"{metrics['metric']} {number(test['value'])}{interval} on {rows}"))
    if metrics.get("refit"):
        facts.append(("Refit", metrics["refit"]))
    weight = size((folder / "model.pkl").stat().st_size)
    facts.append(("Cost", f"{duration(chosen['predict_ms'] / 1000)} to predict a row, {weight}"))
    importance = pd.read_csv(folder / "importance.csv").sort_values("importance", ascending=False)
    if len(importance):
        columns = ", ".join(importance["column"].astype(str).head(_MOST_DRIVERS))
        facts.append(("Drivers", f"{columns} (of {counted(len(importance), 'column')})"))
    return facts


def _command() -> str:
    """Return how to call this command in the user's shell, which may not have its environment on the path."""
    started = Path(sys.argv[0])
    found = shutil.which("podium")
    if started.name != "podium" or (found and Path(found).resolve() == started.resolve()):
        return "podium"
    return str(relative(started.absolute()))
