"""``podium compile``."""

from pathlib import Path
from typing import Annotated

import typer


def compile_pipelines(
    out: Annotated[Path, typer.Option("--out", help="Folder for the packages.")] = Path("build"),
) -> None:
    """Compile the pipelines into KFP packages, to upload to Kubeflow Pipelines."""
    from podium.packages import PIPELINES, compile_package

    for name in PIPELINES:
        print(compile_package(name, out))
