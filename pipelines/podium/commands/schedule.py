"""``podium schedule``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from podium.commands._options import gather, with_settings


def _schedule(
    *,
    cron: Annotated[
        str, typer.Option("--cron", help="When: minute, hour, day of month, month, day of week, in UTC.")
    ],
    data: Annotated[
        str | None,
        typer.Option(
            "--data", help="Labelled rows; {date} in it stands for the day of the run (2026-01-31)."
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="YAML file of settings; options win over it.")
    ] = None,
    given: dict[str, Any],
) -> None:
    """Train anew at given times on the cluster; one run at a time, and none to make up for missed ones."""
    from podium.engines.kubeflow import describe_settings, upload_pipeline
    from podium.packages import pipeline_arguments
    from podium.servers.connections import Connections
    from podium.servers.kubeflow import Kubeflow
    from podium.servers.schedules import Schedules
    from podium.servers.uploads import check_scheduled
    from podium_ml.errors import SettingsError
    from podium_ml.settings.checks import check_names

    # Data that are the same as the champion's would give the same model again.
    settings = gather({"skip_unchanged": True, **given}, config, source=data)
    if not settings.name:
        raise SettingsError("name: name the schedule, e.g. --name churn; its model is registered under it.")
    check_names(settings)
    check_scheduled(settings)
    connections = Connections()
    kubeflow = Kubeflow(connections)
    version = upload_pipeline(kubeflow, connections)
    arguments = pipeline_arguments(settings, tracking={"experiment": settings.name})
    made = Schedules(kubeflow, connections).create(
        settings.name, cron, version, arguments=arguments, description=describe_settings(settings)
    )
    print(f"{made.name} runs at {made.cron} (UTC)")
    print(made.link)


schedule = with_settings(_schedule)
