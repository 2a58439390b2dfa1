"""``podium upload``."""

from pathlib import Path
from typing import Annotated

import typer

from podium.terminal import say


def upload(
    package: Annotated[
        Path | None,
        typer.Argument(help="Package that `podium compile` wrote; by default it is compiled now."),
    ] = None,
    *,
    kind: Annotated[
        str, typer.Option("--kind", help="Kind of problem, e.g. `tabular`; all kinds by default.")
    ] = "",
) -> None:
    """Upload the pipelines to Kubeflow Pipelines; a pipeline gets a new version only if its package has changed."""
    from podium.engines.kubeflow import upload_pipeline
    from podium.packages import pipeline_name
    from podium.servers.connections import Connections
    from podium.servers.kubeflow import Kubeflow
    from podium_ml.errors import SettingsError
    from podium_ml.kinds import KINDS

    if package is not None and not kind:
        kind = package.stem
    if package is not None and not package.is_file():
        raise SettingsError(f"There is no package {package}.", "Create one with `podium compile`.")
    connections = Connections()
    kubeflow = Kubeflow(connections)
    for name in [kind] if kind else KINDS:
        version = upload_pipeline(kubeflow, connections, KINDS[name].name, package=package)
        say(f"{pipeline_name(name)} {version.name} {'uploaded' if version.is_new else 'is already there'}")
        say(version.link)
