"""Compiles the pipelines into packages."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.pipelines.pod_settings import check_memory
from podium_ml.kinds import KINDS

if TYPE_CHECKING:
    from podium_ml.settings import Settings


def pipeline_name(kind: str) -> str:
    """Return the name of a kind's pipeline on a server, which is also the folder of its artifacts."""
    return f"podium-{kind}"


def load_pipeline(
    kind: str,
    *,
    images: Mapping[str, str] | None = None,
    placement: Mapping[str, Any] | None = None,
    stage_memory: str = "",
    on_cluster: bool = False,
) -> Any:
    """Return the definition of a kind's pipeline, in the form that KFP's compiler takes.

    Args:
        kind: Kind of problem.
        images: Full names of the container images of the branches, by short name; the defaults if empty.
        placement: Accelerators and nodes of the branches; see ``read_placement``.
        stage_memory: The most memory of a stage, such as ``16Gi``; the default if empty.
        on_cluster: Whether branches run in pods, which may die, and not in processes of the local engine.
    """
    pods = [dict(images or {}), dict(placement or {}), check_memory(stage_memory)]
    return _load(kind, json.dumps(pods, sort_keys=True), on_cluster)


@cache
def _load(kind: str, pods: str, on_cluster: bool) -> Any:
    from podium.pipelines._spine import make_pipeline
    from podium.pipelines.pod_settings import PodSettings

    return make_pipeline(KINDS[kind], PodSettings(*json.loads(pods)), on_cluster=on_cluster)


def compile_package(
    kind: str,
    folder: str | Path,
    *,
    images: Mapping[str, str] | None = None,
    stage_image: str = "python-cpu",
    placement: Mapping[str, Any] | None = None,
    stage_memory: str = "",
) -> Path:
    """Compile the pipeline of one kind of problem into a KFP v2 package.

    The package is the same byte for byte each time. It is for a cluster: the local engine runs what ``load_pipeline``
    returns, which differs in the branches alone.

    Args:
        kind: Kind of problem.
        folder: Where to write ``<kind>.yaml``; created if it does not exist.
        images: Full names of the container images, by short name (see ``podium.images.image_names``); ``None`` keeps
            the defaults.
        stage_image: Short name of the image of the stages; a branch gets its image by algorithm.
        placement: Accelerators and nodes of the branches; see ``podium.pipelines.pod_settings.read_placement``.
        stage_memory: The most memory of a stage, such as ``16Gi``; the default if empty.

    Returns:
        Path of the package.
    """
    from kfp import compiler

    path = Path(folder) / f"{kind}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    pods: dict[str, Any] = {"images": images, "placement": placement, "stage_memory": stage_memory}
    compiler.Compiler().compile(load_pipeline(kind, on_cluster=True, **pods), str(path))
    if images:
        name_image(path, images[stage_image])
    return path


def name_image(path: Path, image: str) -> None:
    """Replace the image that the components declare for the stages of a package.

    The compiler has no option for this, but the package has one line per component that names the image.
    """
    from podium_ml.contracts.branch import DEFAULT_IMAGE

    text = path.read_text(encoding="ascii")
    path.write_text(text.replace(f" image: {DEFAULT_IMAGE}\n", f" image: {image}\n"), encoding="ascii")


def form_help(kind: str) -> str:
    """Describe the first fields of a pipeline's form in Markdown, because the form itself shows only their names.

    The text is short, because the card that shows it in the user interface does not scroll.

    Args:
        kind: Kind of problem.
    """
    fields = KINDS[kind].settings.model_fields
    lines = [f"- **{field}**: {fields[field].description}" for field in KINDS[kind].first_settings]
    closing = "The other fields can stay as they are; the tab *Pipeline Spec* explains each of them."
    return "\n".join(["Fields to fill in:", "", *lines, "", closing])


def pipeline_arguments(
    settings: "Settings", *, fingerprint: str = "", tracking: dict[str, str] | None = None
) -> dict[str, object]:
    """Return the pipeline arguments for settings; both use the same names."""
    return {**settings.model_dump(mode="json"), "fingerprint": fingerprint, "tracking": tracking or {}}
