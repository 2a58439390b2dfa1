"""``podium compile``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from podium.terminal import say


def compile_pipelines(
    out: Annotated[Path, typer.Option("--out", help="Folder for the packages.")] = Path("build"),
    registry: Annotated[
        str,
        typer.Option(
            "--image-registry", help="Registry of the container images, e.g. registry.example/team."
        ),
    ] = "",
    tag: Annotated[str, typer.Option("--image-tag", help="Tag of the container images.")] = "",
    digests: Annotated[
        Path | None,
        typer.Option(
            "--image-digests", help='JSON file of image digests, like {"python-cpu": "sha256:..."}.'
        ),
    ] = None,
    stage_image: Annotated[
        Literal["python-cpu", "python-torch"],
        typer.Option("--stage-image", help="Image of the stages; neural networks need python-torch."),
    ] = "python-cpu",
    stage_memory: Annotated[
        str, typer.Option("--stage-memory", help="The most memory that a stage may use, e.g. 32Gi.")
    ] = "",
    placement: Annotated[
        Path | None,
        typer.Option(
            "--placement", help='JSON file of accelerators and nodes of branches, like {"accelerators": 1}.'
        ),
    ] = None,
) -> None:
    """Compile the pipelines into KFP packages, to upload to Kubeflow Pipelines."""
    from podium.commands._output import make_folder
    from podium.images import image_names, read_digests
    from podium.packages import compile_package
    from podium.pipelines.pod_settings import read_placement
    from podium_ml.kinds import KINDS

    make_folder(out)
    given = registry or tag or digests or stage_image != "python-cpu"
    images = image_names(registry, tag, digests=read_digests(digests) if digests else None) if given else None
    nodes = read_placement(placement) if placement else None
    for name in KINDS:
        package = compile_package(
            name, out, images=images, stage_image=stage_image, placement=nodes, stage_memory=stage_memory
        )
        say(package)
