"""``podium open``."""

from pathlib import Path
from typing import Annotated

import typer

from podium.terminal import say


def open_server(
    run: Annotated[str, typer.Argument(metavar="ID", help="Id of a run on the server.")],
    folder: Annotated[Path, typer.Option("--folder", help="Folder that holds the runs.")] = Path("runs"),
) -> None:
    """Make a folder for a run on the server that was started elsewhere, and fetch its results if it has ended."""
    from podium.api import open_run
    from podium.engines.kubeflow import is_run_id
    from podium_ml.errors import RunError

    if not is_run_id(run):
        raise RunError(f"{run} is no id of a run.", "See `podium runs --engine kubeflow`.")
    opened = open_run(run, parent=folder)
    say(f"{opened.path}")
