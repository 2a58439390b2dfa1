"""``podium trigger``."""

from typing import Annotated

import typer


def trigger(name: Annotated[str, typer.Argument(help="Name of the schedule.")]) -> None:
    """Start a run of a schedule now, besides its times."""
    from podium.commands.schedules import open_schedules

    run_id = open_schedules().trigger(name)
    print(f"Started {run_id}. Its results, once it ended: podium leaderboard {run_id}")
