"""Prints the results of a run when it ends."""

import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from podium.commands._output import relative, show_rows
from podium.commands.leaderboard import rows_of

if TYPE_CHECKING:
    from podium.api import Run


def show_result(run: "Run", *, quiet: bool, as_json: bool) -> None:
    """Print the leaderboard, the model and report paths, and how to predict; or why there is nothing new."""
    if note := run.state.note:
        print(json.dumps({"event": "result", "run": str(run.path), "note": note}) if as_json else note)
        return
    model, report = (relative(run.path / name) for name in ("model.pkl", "report.html"))
    if as_json:
        result = {"event": "result", "run": str(run.path), "model": str(model), "report": str(report)}
        print(json.dumps({**result, "metrics": run.metrics}, default=str))
        return
    if not quiet:
        from podium_ml.reporting.formats import duration

        show_rows(rows_of(run.leaderboard), as_json=False)
        print(f"Time     {duration(run.folder.seconds)}")
    print(f"Model    {model}")
    print(f"Report   {report}")
    if not quiet:
        from podium_ml.values.addresses import public_names

        words = [
            _command(),
            "predict",
            str(relative(run.path)),
            public_names(run.folder.readable_settings.source),
        ]
        print(f"Predict  {shlex.join(words)} --out predictions.csv")


def _command() -> str:
    """Return how to call this command in the user's shell, which may not have its environment on the path."""
    started = Path(sys.argv[0])
    found = shutil.which("podium")
    if started.name != "podium" or (found and Path(found).resolve() == started.resolve()):
        return "podium"
    return str(relative(started.absolute()))
