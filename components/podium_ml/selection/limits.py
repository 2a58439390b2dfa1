"""The user's limits on the model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from podium_ml.contracts import ModelChoice
from podium_ml.values.quantities import parse_duration, parse_size


@dataclass(frozen=True)
class Limits:
    """What a model must keep within.

    Attributes:
        latency: Seconds to predict one row, or ``None``.
        size: Bytes of the saved model, or ``None``.
        interpretable: Whether only models that explain themselves will do.
    """

    latency: float | None = None
    size: int | None = None
    interpretable: bool = False

    @classmethod
    def parse(cls, constraints: dict[str, Any]) -> Self:
        """Read ``max_latency``, ``max_memory`` and ``interpretable`` as users write them."""
        latency, size = constraints.get("max_latency"), constraints.get("max_memory")
        return cls(
            latency=parse_duration(latency) if latency else None,
            size=parse_size(size) if size else None,
            interpretable=bool(constraints.get("interpretable")),
        )

    def reason_against(self, *, seconds: float, size: int, interpretable: bool) -> str:
        """Return which limit a model breaks, or an empty text.

        Args:
            seconds: Seconds to predict one row.
            size: Bytes of the saved model.
            interpretable: Whether it explains itself.
        """
        if self.interpretable and not interpretable:
            return "Its predictions cannot be read off the model."
        if self.size is not None and size > self.size:
            return f"Takes {_mebibytes(size)}; the limit is {_mebibytes(self.size)}."
        if self.latency is not None and seconds > self.latency:
            return f"Takes {_milliseconds(seconds)} for one row; the limit is {_milliseconds(self.latency)}."
        return ""

    def advice(self, choices: Sequence[ModelChoice]) -> str:
        """Return the smallest limits that would admit one of the models, when none is admitted.

        Args:
            choices: The models.
        """
        if self.interpretable and not any(one.interpretable for one in choices):
            return "Leave out interpretable: none of these models is."
        fitting = [one for one in choices if one.interpretable or not self.interpretable]
        ways = [f"max_memory {_mebibytes(_least(fitting, lambda one: one.size_bytes))}"] if self.size else []
        if self.latency:
            slowest = _least(fitting, lambda one: one.predict_milliseconds)
            ways.append(f"max_latency {_milliseconds(slowest / 1000)}")
        return f"They need at least {' and '.join(ways)}."


def _least(choices: Sequence[ModelChoice], measure: Callable[[ModelChoice], float]) -> float:
    # A little more, since measured again it may take longer.
    return 1.1 * min(map(measure, choices))


def _milliseconds(seconds: float) -> str:
    return f"{_short(seconds * 1000)}ms"


def _mebibytes(size: float) -> str:
    return f"{_short(size / 2**20)}MiB"


def _short(number: float) -> str:
    """Return three digits, without exponent."""
    return f"{number:.0f}" if number >= 100 else f"{max(number, 1e-3):.3g}"
