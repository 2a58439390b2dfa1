"""``podium register``."""

from pathlib import Path
from typing import Annotated

import typer

from podium.terminal import say


def register(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run on this machine.")],
    model: Annotated[str, typer.Option("--model", help="Name of a model on the leaderboard.")],
) -> None:
    """Register a model of the leaderboard as a new version; `podium rollback --to` can make it the champion."""
    from podium.api import open_run

    version = open_run(run).register(model)
    say(f"Registered {model} as {version}")
