"""Promotes the model at the very end of a run, if this was decided and the champion has not changed since."""

from dataclasses import replace

from podium_ml.champions.registry import ModelRegistry, Version
from podium_ml.contracts import Decision
from podium_ml.errors import PodiumError


class Promotion:
    """The pending promotion of a registered version to champion.

    Args:
        registry: The registry.
        version: The version.
        decision: Result of the comparison.

    Attributes:
        decision: The decision to carry out. If the champion is no longer the version that was compared, the decision
            changes to keeping the champion, so that two concurrent runs cannot undo each other.
    """

    def __init__(self, registry: ModelRegistry, version: Version, decision: Decision) -> None:
        self._registry, self._version = registry, version
        self.decision = decision
        if decision.promoted and not self._is_as_compared():
            present = registry.champion(version.name)
            now = present.reference if present else "none"
            text = f"The champion changed during this run (it is {now} now): run the comparison again."
            self.decision = replace(decision, promoted=False, reason=f"{text} {decision.reason}")

    def carry_out(self) -> str:
        """Move the alias if this was decided. Return ``promoted``, ``held``, or why the promotion failed."""
        if not self.decision.promoted:
            return "held"
        try:
            if not self._is_as_compared():
                return "held"
            self._registry.promote(self._version)
        except PodiumError as error:
            print(f"The model was not promoted: {error}")
            return f"not promoted: {error}"
        return "promoted"

    def _is_as_compared(self) -> bool:
        present = self._registry.champion(self._version.name)
        return (present.reference if present else "") == self.decision.champion
