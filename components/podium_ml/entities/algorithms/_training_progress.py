"""How far the training of a network is, and how fast it learns there."""

import math
import time

from podium_ml.run.budget import Deadline

_WARM = 0.1
# Share of the time after which the rate must have come down, so that the model is complete.
_SPENT = 0.95


class TrainingProgress:
    """How much of the training is over, by steps or by time, whichever is further.

    Args:
        steps: Number of steps.
        deadline: When to be done.
    """

    def __init__(self, steps: int, deadline: Deadline) -> None:
        self._steps, self._step = max(1, steps), 0
        self._began = time.time()
        self._allowed = _SPENT * deadline.remaining()

    @property
    def share(self) -> float:
        """From 0 to 1."""
        late = 0.0 if math.isinf(self._allowed) else (time.time() - self._began) / max(1e-6, self._allowed)
        return max(self._step / self._steps, late)

    @property
    def done(self) -> bool:
        """Whether the training is over."""
        return self.share >= 1.0

    def rate(self) -> float:
        """Return the factor of the learning rate: up in the first tenth, then down to 0 (Smith 2018)."""
        share = min(1.0, self.share)
        if share < _WARM:
            return 0.1 + 0.9 * share / _WARM
        return 0.5 * (1 + math.cos(math.pi * (share - _WARM) / (1 - _WARM)))

    def tick(self) -> bool:
        """Count a step, and return whether the training is over."""
        self._step += 1
        return self.done
