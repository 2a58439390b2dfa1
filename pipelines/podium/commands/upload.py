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
    import tempfile

    from podium.engines.kubeflow import PIPELINE, description, package_for
    from podium.servers.connections import Connections
    from podium.servers.kubeflow import Kubeflow
    from podium_ml.errors import SettingsError

    if package is not None and not package.is_file():
        raise SettingsError(f"There is no package {package}.", "Make one with `podium compile`.")
    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        connections = Connections()
        path = package or package_for(connections, folder)
        version = Kubeflow(connections).upload(path, PIPELINE, description=description())
    print(f"{PIPELINE} {version.name} {'uploaded' if version.is_new else 'is there already'}")
    print(version.link)
