"""The declaration of a guardrail, and how guardrails run: a kind has a folder of them, ``guardrails/``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from podium_ml.contracts import GuardrailResult
from podium_ml.errors import PodiumError

_MOST_DETAILS = 20
_LONGEST = 80


@dataclass(frozen=True)
class Guardrail:
    """A check of the data that reports problems and fixes them where possible.

    Attributes:
        name: Name in the registry.
        title: Title for the user.
        phase: When it runs; the kind says what there is.
        order: Position within the phase.
        check: Examines the context of the kind, may change it, and returns the result.
    """

    name: str
    title: str
    phase: str
    order: int
    check: "Callable[[Any, Guardrail], GuardrailResult]"

    def passed(self, seen: str, *, details: Iterable[dict[str, Any]] = ()) -> GuardrailResult:
        """Return the result for data without a problem."""
        return GuardrailResult(self.name, self.title, "passed", seen, details=_cut(details))

    def fixed(
        self, seen: str, done: str, *, columns: Iterable[str] = (), details: Iterable[dict[str, Any]] = ()
    ) -> GuardrailResult:
        """Return the result for a problem that was fixed."""
        return GuardrailResult(self.name, self.title, "fixed", seen, done, tuple(columns), _cut(details))

    def alert(
        self,
        seen: str,
        done: str = "",
        *,
        columns: Iterable[str] = (),
        details: Iterable[dict[str, Any]] = (),
    ) -> GuardrailResult:
        """Return the result for a problem that the user should look at."""
        return GuardrailResult(self.name, self.title, "alert", seen, done, tuple(columns), _cut(details))

    def run(self, context: Any) -> GuardrailResult:
        """Check the data; the failure of a check on unusual data must not end the run."""
        try:
            return self.check(context, self)
        except PodiumError:
            raise
        except Exception as error:
            return self.alert(f"This could not be checked ({type(error).__name__}: {error}).")


def name_list(names: Iterable[str], *, most: int = 5) -> str:
    """Return names in quotes, listing the first few and counting the rest.

    >>> name_list(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    known = [f"'{name if len(name) <= _LONGEST else name[:_LONGEST] + '…'}'" for name in names]
    rest = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + rest


def _cut(details: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(details)[:_MOST_DETAILS]
