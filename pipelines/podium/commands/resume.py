"""``podium resume``."""

from pathlib import Path
from typing import Annotated

import typer


def resume(
    run: Annotated[
        str, typer.Argument(help="Folder of the cancelled or failed run, or name of a paused schedule.")
    ],
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only where the results are.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print events and result as JSON lines.")] = False,
) -> None:
    """Go on with a cancelled or failed run, or with a paused schedule; what had finished is not done again."""
    from podium.api import open_run
    from podium.commands.run import follow
    from podium.commands.schedules import open_schedules
    from podium.servers.connections import Connections

    if not Path(run).exists() and Connections().has_kubeflow:
        open_schedules().resume(run)
        print(f"{run} is on.")
        return

    follow(open_run(run).resume(), quiet=quiet, as_json=as_json)
