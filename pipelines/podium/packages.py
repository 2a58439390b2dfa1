"""The compiled pipelines."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podium_ml.settings import Settings

PIPELINES = ("tabular",)


def compile_package(name: str, folder: str | Path) -> Path:
    """Compile one pipeline into a KFP v2 package.

    The package is the same byte for byte each time, and what both engines run.

    Args:
        name: One of ``PIPELINES``.
        folder: Where to write ``<name>.yaml``; made if it does not exist.

    Returns:
        Path of the package.
    """
    from importlib import import_module

    from kfp import compiler

    pipeline = getattr(import_module(f"podium.pipelines.{name}"), name)
    path = Path(folder) / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    compiler.Compiler().compile(pipeline, str(path))
    return path


def pipeline_arguments(
    settings: "Settings", *, fingerprint: str = "", tracking: dict[str, str] | None = None
) -> dict[str, object]:
    """Return the arguments of the tabular pipeline for these settings; names are the same on both sides."""
    return {**settings.model_dump(mode="json"), "fingerprint": fingerprint, "tracking": tracking or {}}
