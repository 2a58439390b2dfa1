"""``podium rollback``."""

from pathlib import Path
from typing import Annotated

import typer

from podium.terminal import say


def rollback(
    name: Annotated[str, typer.Argument(help="Name of the registered model: the --name of its runs.")],
    to: Annotated[
        str, typer.Option("--to", help="Version to make the champion; by default the previous champion.")
    ] = "",
    folder: Annotated[
        Path, typer.Option("--folder", help="Folder of the runs, if MLFLOW_TRACKING_URI names no server.")
    ] = Path("runs"),
) -> None:
    """Make an earlier version of a registered model the champion again."""
    from podium_ml.champions.rollback import rollback as move_back

    champion, replaced = move_back(name, folder=str(folder), to=to)
    instead = f" instead of version {replaced.number}" if replaced else ""
    say(f"The champion of '{name}' is now version {champion.number}{instead}.")
