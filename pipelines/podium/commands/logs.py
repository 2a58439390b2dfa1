"""``podium logs``."""

from typing import Annotated

import typer

from podium.terminal import say


def logs(
    run: Annotated[str, typer.Argument(help="Folder of the run, or its id on the server.")],
    branch: Annotated[
        str, typer.Argument(help="Algorithm of a branch, or name of a stage; all tasks by default.")
    ] = "",
) -> None:
    """Print the logs of a run."""
    from podium.api import open_run

    for line in open_run(run, refresh=False).logs(branch):
        say(line)
