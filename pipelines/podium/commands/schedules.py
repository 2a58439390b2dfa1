"""``podium schedules``."""

from typing import TYPE_CHECKING, Annotated

import typer

from podium.terminal import say

if TYPE_CHECKING:
    from podium.servers.schedules import Schedules


def schedules(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the schedules of the server, newest first; those of other pipelines are skipped."""
    from podium.commands._output import show_rows

    rows = [
        {
            "schedule": schedule.name,
            "cron": schedule.cron,
            "status": "on" if schedule.enabled else "paused",
            "link": schedule.link,
        }
        for schedule in open_schedules()
    ]
    if not rows and not as_json:
        say(
            "No schedules. Create one with: podium schedule --name NAME --cron '0 3 * * 1' --data URL --target COLUMN"
        )
        return
    show_rows(rows, as_json=as_json)


def open_schedules() -> "Schedules":
    """Return the schedules of the server that the environment names."""
    from podium.servers.connections import Connections
    from podium.servers.kubeflow import Kubeflow
    from podium.servers.schedules import Schedules

    connections = Connections()
    return Schedules(Kubeflow(connections), connections)
