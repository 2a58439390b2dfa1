"""The stage that fetches what a run learns from a champion that was trained on other data."""

from typing import Any

from podium_ml.champions.lessons import CONFIGURATIONS, PROFILE, Lessons
from podium_ml.champions.record import ARTIFACTS
from podium_ml.champions.registry import Registry


def run(*, teacher: str, registry: str, folder: str) -> dict[str, Any]:
    """Download a registered version's training profile and its run's best configurations.

    Args:
        teacher: Name and version, like ``"churn/7"``; empty if there is none.
        registry: Folder of the local registry; empty for the server that the environment names.
        folder: Folder to write, as ``Lessons`` reads it.

    Returns:
        ``teacher``.

    Raises:
        PodiumError: The registry cannot be reached, or the version is not one that a run of Podium registered.
    """
    target = Lessons(folder).path
    target.mkdir(parents=True, exist_ok=True)
    if teacher:
        known = Registry(registry or ".")
        version = known.expect(teacher)
        known.fetch(version, (PROFILE, CONFIGURATIONS), target, of=ARTIFACTS)
    return {"teacher": teacher}
