"""The user's limits on the model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from podium_ml.contracts import ModelChoice
from podium_ml.settings import ModelLimits

# A model keeps within these limits where this costs hardly any accuracy, unless the user has set others.
USUAL_LATENCY, USUAL_SIZE = 0.010, 20 * 2**20


@dataclass(frozen=True)
class Limits:
    """The limits that a model must meet.

    Attributes:
        latency: Seconds to predict one row, or ``None``.
        size: Bytes of the saved model, or ``None``.
        interpretable: Whether the model must be interpretable.
    """

    latency: float | None = None
    size: int | None = None
    interpretable: bool = False

    @classmethod
    def of(cls, settings: ModelLimits) -> Self:
        """Return the limits given by the user's settings."""
        return cls(
            latency=settings.max_latency_seconds,
            size=settings.max_memory_bytes,
            interpretable=settings.interpretable,
        )

    def or_usual(self) -> Self:
        """Return the same limits, with the usual ones where the user has set none."""
        return replace(self, latency=self.latency or USUAL_LATENCY, size=self.size or USUAL_SIZE)

    def reason_against(self, *, seconds: float, size: int, interpretable: bool) -> str:
        """Return which limit a model breaks, or an empty text.

        Args:
            seconds: Seconds to predict one row.
            size: Bytes of the saved model.
            interpretable: Whether the model is interpretable.
        """
        if self.interpretable and not interpretable:
            return "The model is not interpretable."
        if self.size is not None and size > self.size:
            return f"Takes {_mebibytes(size, ' ')}; the limit is {_mebibytes(self.size, ' ')}."
        if self.latency is not None and seconds > self.latency:
            return f"Takes {_milliseconds(seconds, ' ')} for one row; the limit is {_milliseconds(self.latency, ' ')}."
        return ""

    def advice(self, choices: Sequence[ModelChoice]) -> str:
        """Return the smallest limits that at least one of the models meets, for when no model meets the given ones.

        Args:
            choices: The models.
        """
        if self.interpretable and not any(one.interpretable for one in choices):
            return "Turn off interpretable: none of these models is interpretable."
        fitting = [one for one in choices if one.interpretable or not self.interpretable]
        ways = [f"max_memory {_mebibytes(_least(fitting, lambda one: one.size_bytes))}"] if self.size else []
        if self.latency:
            slowest = _least(fitting, lambda one: one.predict_milliseconds)
            ways.append(f"max_latency {_milliseconds(slowest / 1000)}")
        return f"The models need at least {' and '.join(ways)}."


def _least(choices: Sequence[ModelChoice], measure: Callable[[ModelChoice], float]) -> float:
    # A margin of 10%, because the next measurement may come out higher.
    return 1.1 * min(map(measure, choices))


def _milliseconds(seconds: float, space: str = "") -> str:
    return f"{_short(seconds * 1000)}{space}ms"


def _mebibytes(size: float, space: str = "") -> str:
    return f"{_short(size / 2**20)}{space}MiB"


def _short(number: float) -> str:
    """Return a number with three digits, without an exponent."""
    return f"{number:.0f}" if number >= 100 else f"{max(number, 1e-3):.3g}"
