"""``podium rollback``."""

from pathlib import Path
from typing import Annotated

import typer


def rollback(
    name: Annotated[str, typer.Argument(help="Name of the registered model: the --name of its runs.")],
    to: Annotated[
        str, typer.Option("--to", help="Version to make the champion; by default the one before.")
    ] = "",
    folder: Annotated[
        Path, typer.Option("--folder", help="Where the runs lie, if MLFLOW_TRACKING_URI names no server.")
    ] = Path("runs"),
) -> None:
    """Make an earlier version of a registered model the champion again."""
    from podium_ml.champions.rollback import rollback as move_back

    now, before = move_back(name, folder=str(folder), to=to)
    instead = f" instead of version {before.number}" if before else ""
    print(f"The champion of '{name}' is version {now.number}{instead}.")
