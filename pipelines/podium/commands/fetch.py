"""``podium fetch``."""

from typing import Annotated

import typer

from podium.terminal import say


def fetch(
    run: Annotated[str, typer.Argument(help="Folder of a run on a server, or its id.")],
) -> None:
    """Fetch what the models of a run on a server were made of, so that each of them can be used on this machine."""
    from podium.api import open_run

    opened = open_run(run).fetch()
    say(f"Fetched the models of {opened.path}")
