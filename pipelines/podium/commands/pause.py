"""``podium pause``."""

from typing import Annotated

import typer


def pause(name: Annotated[str, typer.Argument(help="Name of the schedule.")]) -> None:
    """Pause a schedule until it is resumed."""
    from podium.commands.schedules import open_schedules

    open_schedules().pause(name)
    print(f"{name} is paused.")
