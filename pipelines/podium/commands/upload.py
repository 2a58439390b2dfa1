"""``podium upload``."""

from pathlib import Path
from typing import Annotated

import typer


def upload(
    package: Annotated[
        Path | None,
        typer.Argument(help="Package of `podium compile`; by default it is compiled anew."),
    ] = None,
) -> None:
    """Upload the pipeline to Kubeflow Pipelines; a new version only if the package changed."""
    from podium.engines.kubeflow import upload_pipeline
    from podium.packages import PIPELINE
    from podium.servers.connections import Connections
    from podium.servers.kubeflow import Kubeflow
    from podium_ml.errors import SettingsError

    if package is not None and not package.is_file():
        raise SettingsError(f"There is no package {package}.", "Make one with `podium compile`.")
    connections = Connections()
    version = upload_pipeline(Kubeflow(connections), connections, package=package)
    print(f"{PIPELINE} {version.name} {'uploaded' if version.is_new else 'is there already'}")
    print(version.link)
