"""``podium report``."""

from pathlib import Path
from typing import Annotated

import typer

from podium.terminal import say


def report(
    run: Annotated[Path, typer.Argument(help="Folder of the run, or its id on the server.")],
    show: Annotated[bool, typer.Option("--open", help="Open the report in a browser.")] = False,
) -> None:
    """Print the path of a run's report."""
    from podium.api import open_run

    path = open_run(run).report
    say(path)
    if show:
        import webbrowser

        webbrowser.open(path.as_uri())
