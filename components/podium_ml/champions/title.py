"""The last act of a run: giving the title to its model, if that was decided and still makes sense."""

from dataclasses import replace

from podium_ml.champions.registry import Registry, Version
from podium_ml.contracts import Decision
from podium_ml.errors import PodiumError


class Title:
    """A registered version's claim to the title of champion.

    Args:
        registry: The registry.
        version: The version.
        decision: What the comparison came to.

    Attributes:
        decision: The same, or, where the champion is by now another than the one that was compared, that nothing
            changes: two runs that go on at once must not undo each other.
    """

    def __init__(self, registry: Registry, version: Version, decision: Decision) -> None:
        self._registry, self._version = registry, version
        self.decision = decision
        if decision.promoted and not self._is_as_compared():
            present = registry.champion(version.name)
            now = present.reference if present else "none"
            text = f"The champion changed while this run went on, it is {now} now: compare again."
            self.decision = replace(decision, promoted=False, reason=f"{text} {decision.reason}")

    def take(self) -> str:
        """Move the alias if that was decided, and return what became of it: ``promoted``, ``held`` or why it failed."""
        if not self.decision.promoted:
            return "held"
        try:
            if not self._is_as_compared():
                return "held"
            self._registry.crown(self._version)
        except PodiumError as error:
            print(f"The model was not promoted: {error}")
            return f"not promoted: {error}"
        return "promoted"

    def _is_as_compared(self) -> bool:
        present = self._registry.champion(self._version.name)
        return (present.reference if present else "") == self.decision.champion
