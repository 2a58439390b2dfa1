"""Makes an earlier version the champion again."""

from podium_ml.champions.registry import PREVIOUS, ModelRegistry, Version, has_registry
from podium_ml.errors import PodiumError

ROLLED_BACK = "podium.rolled_back_from"


def rollback(name: str, *, folder: str, to: str = "") -> tuple[Version, Version | None]:
    """Make the previous champion, or any version, the champion of a registered model.

    Args:
        name: Name of the registered model.
        folder: Parent folder of the runs, for the local registry.
        to: Version to make the champion; empty for the previous champion.

    Returns:
        The new champion, and the version that it replaces, or ``None``.

    Raises:
        PodiumError: The model, the version or the earlier champion does not exist, or the registry cannot be reached.
    """
    if not has_registry(folder):
        raise PodiumError(
            f"There is no model registry in {folder}.",
            "Give the folder of the runs, or set MLFLOW_TRACKING_URI.",
        )
    registry = ModelRegistry(folder)
    if not registry.has_model(name):
        raise PodiumError(
            f"No model '{name}' is registered.", "The name of a model is the --name of its runs."
        )
    present = registry.champion(name)
    target = registry.version(name, to or _before(name, present))
    if target is None:
        raise PodiumError(f"Model '{name}' has no version {to or _before(name, present)}.")
    if present is not None and present.number == target.number:
        raise PodiumError(f"Version {target.number} of '{name}' is already the champion.")
    if present is not None:
        registry.tag(target, {ROLLED_BACK: present.number})
    registry.promote(target)
    return target, present


def _before(name: str, present: Version | None) -> str:
    if present is None:
        raise PodiumError(f"Model '{name}' has no champion.", "Choose a version with --to.")
    previous = present.tags.get(PREVIOUS, "")
    if not previous:
        raise PodiumError(
            f"Version {present.number} of '{name}' is its first champion, so there is no previous one.",
            "Choose a version with --to.",
        )
    return previous
