"""``podium delete``."""

from typing import Annotated

import typer

from podium.terminal import say


def delete(name: Annotated[str, typer.Argument(help="Name of the schedule.")]) -> None:
    """Delete a schedule; its runs and models are kept."""
    from podium.commands.schedules import open_schedules

    open_schedules().delete(name)
    say(f"{name} is deleted.")
