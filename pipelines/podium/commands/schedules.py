"""``podium schedules``."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from podium.servers.schedules import Schedules


def schedules(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the schedules of the server, newest first; those of other pipelines are passed over."""
    from podium.commands._output import show_rows

    rows = [
        {
            "schedule": one.name,
            "cron": one.cron,
            "status": "on" if one.enabled else "paused",
            "link": one.link,
        }
        for one in open_schedules()
    ]
    if not rows and not as_json:
        print(
            "No schedules. Make one with: podium schedule --name NAME --cron '0 3 * * 1' --data URL --target COLUMN"
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
