"""``podium resume``."""

from pathlib import Path
from typing import Annotated

import typer

from podium.terminal import say


def resume(
    run: Annotated[
        str,
        typer.Argument(
            help="Folder of the cancelled or failed run, its id on the server, or name of a paused schedule."
        ),
    ],
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Follow the run until it ends; required for a local run.")
    ] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only the paths of the results.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print events and results as JSON lines.")] = False,
) -> None:
    """Resume a cancelled or failed run, or a paused schedule; finished work is not repeated."""
    from podium.api import open_run
    from podium.commands.run import follow
    from podium.commands.schedules import open_schedules
    from podium.engines.kubeflow import is_run_id
    from podium.servers.connections import Connections
    from podium_ml.errors import SettingsError

    is_schedule = not (Path(run).exists() or "/" in run or is_run_id(run))
    if is_schedule and Connections().has_kubeflow:
        open_schedules().resume(run)
        say(f"{run} is resumed.")
        return

    opened = open_run(run)
    if not wait and opened.state.engine == "local":
        raise SettingsError("--no-wait: a local run ends with the command that resumes it.", "Leave it out.")
    resumed = opened.resume()
    if wait:
        follow(resumed, quiet=quiet, as_json=as_json)
