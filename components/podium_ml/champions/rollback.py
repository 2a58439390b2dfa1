"""Makes an earlier version the champion again."""

from podium_ml.champions.registry import ModelRegistry, Version, has_registry
from podium_ml.errors import PodiumError

ROLLED_BACK = "podium.rolled_back_from"


def rollback(name: str, *, folder: str, to: str = "") -> tuple[Version, Version | None]:
    """Make the previous champion, or any version, the champion of a registered model.

    Without ``to``, each call goes one step back in the history of champions, whoever made them champion.

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
    target, before = _named(registry, name, to) if to else _previous(registry, name, present)
    if present is not None and present.number == target.number:
        raise PodiumError(f"Version {target.number} of '{name}' is already the champion.")
    if present is not None:
        registry.tag(target, {ROLLED_BACK: present.number})
    registry.promote(target, before=before)
    return target, present


def _named(registry: ModelRegistry, name: str, number: str) -> tuple[Version, list[str]]:
    """Return the version that the user names, which becomes a new champion after all so far."""
    version = registry.version(name, number)
    if version is None:
        raise PodiumError(f"Model '{name}' has no version {number}.")
    return version, registry.champions(name)


def _previous(registry: ModelRegistry, name: str, present: Version | None) -> tuple[Version, list[str]]:
    """Return the newest earlier champion that still exists, and the champions before that one."""
    if present is None:
        raise PodiumError(f"Model '{name}' has no champion.", "Choose a version with --to.")
    before = registry.champions(name)[:-1]
    while before:
        number = before.pop()
        version = registry.version(name, number) if number != present.number else None
        if version is not None:
            return version, before
    raise PodiumError(
        f"Version {present.number} of '{name}' is its first champion, so there is no previous one.",
        "Choose a version with --to.",
    )
