"""``podium cancel``."""

from typing import Annotated

import typer


def cancel(run: Annotated[str, typer.Argument(help="Folder of the run, or its id on the server.")]) -> None:
    """End a run; what finished is kept for `podium resume`."""
    from podium.api import open_run
    from podium_ml.errors import RunError

    opened = open_run(run)
    if opened.status != "running":
        raise RunError(f"{run} cannot be ended: it is {opened.status}.")
    opened.cancel()
    print(f"Ended. Go on with: podium resume {opened.path}")
