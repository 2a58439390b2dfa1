"""The compiled pipelines."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podium_ml.settings.tabular import Settings

PIPELINES = ("tabular",)
# Name of the tabular one on a server, and of the folder of its artifacts.
PIPELINE = "podium-tabular"
# What most users fill in.
_FIRST_FIELDS = ("source", "target", "time_limit", "name", "algorithms", "metric")


def load_pipeline(name: str) -> Any:
    """Return the definition of one of ``PIPELINES``, as KFP's compiler takes it."""
    return getattr(import_module(f"podium.pipelines.{name}"), name)


def compile_package(
    name: str, folder: str | Path, *, images: Mapping[str, str] | None = None, stage_image: str = "python-cpu"
) -> Path:
    """Compile one pipeline into a KFP v2 package.

    The package is the same byte for byte each time, and what both engines run.

    Args:
        name: One of ``PIPELINES``.
        folder: Where to write ``<name>.yaml``; made if it does not exist.
        images: Full names of the container images, by the project's own names (``podium.images.image_names``);
            ``None`` leaves the defaults.
        stage_image: The project's name of the image that the stages run in; branches choose by algorithm.

    Returns:
        Path of the package.
    """
    from kfp import compiler

    path = Path(folder) / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    defaults = {"images": dict(images)} if images else None
    compiler.Compiler().compile(load_pipeline(name), str(path), pipeline_parameters=defaults)
    if images:
        name_image(path, images[stage_image])
    return path


def name_image(path: Path, image: str) -> None:
    """Let the stages of a package run in another image than the one that the components declare.

    The compiler has no option for this, and its text has one line a component for it.
    """
    from podium_components._component import DEFAULT_IMAGE

    text = path.read_text(encoding="ascii")
    path.write_text(text.replace(f" image: {DEFAULT_IMAGE}\n", f" image: {image}\n"), encoding="ascii")


def form_help(name: str) -> str:
    """Return what the first fields of a pipeline's form are for, as Markdown: the form itself shows only their names.

    Short, for the card that shows it in the user interface does not scroll.

    Args:
        name: One of ``PIPELINES``.
    """
    fields = load_pipeline(name).component_spec.inputs
    lines = [f"- **{field}**: {fields[field].description}" for field in _FIRST_FIELDS]
    closing = "The others may stay as they are; the tab *Pipeline Spec* explains each of them."
    return "\n".join(["Fields of the form to fill in:", "", *lines, "", closing])


def pipeline_arguments(
    settings: "Settings", *, fingerprint: str = "", tracking: dict[str, str] | None = None
) -> dict[str, object]:
    """Return the arguments of the tabular pipeline for these settings; names are the same on both sides."""
    return {**settings.model_dump(mode="json"), "fingerprint": fingerprint, "tracking": tracking or {}}
