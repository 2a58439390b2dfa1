"""``podium schedule``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from podium.commands._options import gather, with_settings
from podium.terminal import say

_NEEDED = {
    "name": "name the schedule, e.g. --name churn; its model is registered under it.",
    "source": "name the data, e.g. --data 's3://lake/churn/{date}/'.",
}


def _schedule(
    *,
    cron: Annotated[
        str,
        typer.Option("--cron", help="When to run, in UTC: minute, hour, day of month, month, day of week."),
    ],
    data: Annotated[
        str | None,
        typer.Option(
            "--data", help="URL of labelled rows; {date} in it becomes the day of the run (2026-01-31)."
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="YAML file of settings; options override it.")
    ] = None,
    given: dict[str, Any],
) -> None:
    """Retrain on a schedule on the cluster, one run at a time; of missed times, at most the last one runs late."""
    from podium.engines.kubeflow import describe_settings, upload_pipeline
    from podium.packages import pipeline_arguments
    from podium.servers.connections import Connections
    from podium.servers.kubeflow import Kubeflow
    from podium.servers.schedules import Schedules, kubeflow_cron
    from podium.servers.uploads import check_scheduled
    from podium_ml.kinds import kind_of_parsed

    # The data of the champion would give the same model again.
    settings = gather({"skip_unchanged": True, **given}, config, source=data, needed=_NEEDED)
    kubeflow_cron(cron)
    check_scheduled(settings)
    connections = Connections()
    kubeflow = Kubeflow(connections)
    version = upload_pipeline(kubeflow, connections, kind_of_parsed(settings).name)
    arguments = pipeline_arguments(settings, tracking={"experiment": settings.name})
    created = Schedules(kubeflow, connections).create(
        settings.name, cron, version, arguments=arguments, description=describe_settings(settings)
    )
    say(f"{created.name} runs at {created.cron} (UTC)")
    say(created.link)


schedule = with_settings(_schedule)
