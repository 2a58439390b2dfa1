"""``podium trigger``."""

from typing import Annotated

import typer

from podium.terminal import say


def trigger(name: Annotated[str, typer.Argument(help="Name of the schedule.")]) -> None:
    """Start a run of a schedule now, in addition to its scheduled runs."""
    from podium.commands.schedules import open_schedules

    run_id = open_schedules().trigger(name)
    say(f"Started {run_id}. See its results when it has ended: podium leaderboard {run_id}")
