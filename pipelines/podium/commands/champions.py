"""``podium champions``."""

from pathlib import Path
from typing import Annotated

import typer


def champions(
    folder: Annotated[
        Path, typer.Option("--folder", help="Folder of the runs, if MLFLOW_TRACKING_URI names no server.")
    ] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the registered models with their versions, the champions first."""
    from podium.commands._output import show_rows
    from podium_ml.champions.overview import registered_versions

    show_rows([one.to_row() for one in registered_versions(str(folder))], as_json=as_json)
