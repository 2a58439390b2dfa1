"""``podium cancel``."""

from typing import Annotated

import typer

from podium.terminal import say


def cancel(run: Annotated[str, typer.Argument(help="Folder of the run, or its id on the server.")]) -> None:
    """Cancel a run; finished work is kept for `podium resume`."""
    from podium.api import open_run
    from podium_ml.errors import RunError

    opened = open_run(run)
    if opened.status != "running":
        raise RunError(
            f"{run} cannot be cancelled: its status is '{opened.status}'.",
            "Only a run in progress can be cancelled.",
        )
    if opened.cancel().status != "cancelled":
        raise RunError(f"{run} ended before it could be cancelled: its status is '{opened.status}'.")
    say(f"Cancelled. Resume it with: podium resume {opened.path}")
