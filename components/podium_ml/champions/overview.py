"""The registered models with their versions, and which of them are champions."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from podium_ml.champions.registry import DECISION, REASON, ModelRegistry, has_registry


@dataclass(frozen=True)
class RegisteredVersion:
    """One version of a registered model.

    Attributes:
        model: Name of the model.
        version: Number of the version.
        champion: ``now`` for the champion, ``before`` for an earlier one, else empty.
        decision: ``promoted`` or ``held``; empty if nothing was decided.
        reason: Why.
        registered: When it was registered, in UTC.
    """

    model: str
    version: str
    champion: str
    decision: str
    reason: str
    registered: str

    def to_row(self) -> dict[str, Any]:
        """Return the version as a row of a table."""
        return asdict(self)


def registered_versions(folder: str) -> list[RegisteredVersion]:
    """Return all versions of all registered models: champions first, then the newest first.

    Args:
        folder: Parent folder of the runs, for the local registry.

    Raises:
        PodiumError: The registry cannot be reached.
    """
    if not has_registry(folder):
        return []
    registry = ModelRegistry(folder)
    found = []
    for name, versions in registry.all_versions():
        champions = registry.champions(name)
        for one in versions:
            number = str(one.version)
            state = "now" if champions[-1:] == [number] else "before" if number in champions else ""
            found.append(_row(one, state))
    return sorted(found, key=lambda one: (one.model, one.champion != "now", -int(one.version)))


def _row(one: Any, champion: str) -> RegisteredVersion:
    made = datetime.fromtimestamp(one.creation_timestamp / 1000, UTC)
    return RegisteredVersion(
        model=one.name,
        version=str(one.version),
        champion=champion,
        decision=one.tags.get(DECISION, ""),
        reason=one.tags.get(REASON, ""),
        registered=f"{made:%Y-%m-%d %H:%M}",
    )
