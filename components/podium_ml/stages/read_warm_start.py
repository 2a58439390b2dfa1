"""The stage that fetches what a run reuses from its reference model, a champion trained on other data."""

from typing import Any

from podium_ml.champions.record import ARTIFACTS
from podium_ml.champions.registry import ModelRegistry
from podium_ml.champions.warm_start import CONFIGURATIONS, PROFILE, WarmStart


def run(*, reference: str, registry: str, folder: str) -> dict[str, Any]:
    """Download the training profile of a registered version, and the best configurations of its run.

    Args:
        reference: Name and version, like ``"churn/7"``; empty if there is no reference model.
        registry: Folder of the local registry; empty for the server that the environment names.
        folder: Folder to write, which ``WarmStart`` reads.

    Returns:
        ``reference``.

    Raises:
        PodiumError: The registry cannot be reached, or the version does not exist.
    """
    target = WarmStart(folder).path
    target.mkdir(parents=True, exist_ok=True)
    if reference:
        known = ModelRegistry(registry or ".")
        version = known.expect(reference)
        known.fetch(version, (PROFILE, CONFIGURATIONS), target, of=ARTIFACTS)
    return {"reference": reference}
