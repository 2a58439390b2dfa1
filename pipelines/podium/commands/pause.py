"""``podium pause``."""

from typing import Annotated

import typer

from podium.terminal import say


def pause(name: Annotated[str, typer.Argument(help="Name of the schedule.")]) -> None:
    """Pause a schedule until it is resumed."""
    from podium.commands.schedules import open_schedules

    open_schedules().pause(name)
    say(f"{name} is paused.")
