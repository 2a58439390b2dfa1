"""What the members of an ensemble may cost together."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace

import numpy as np

from podium_ml.contracts import FittedTrial

# A batch whose prediction time counts.
_BATCH_ROWS = 10_000
# A modest model takes at most this part of each limit.
_MODEST = 0.4


@dataclass(frozen=True)
class Costs:
    """What a model costs, or the most that it may cost.

    Attributes:
        row_seconds: Seconds to predict one encoded row on its own.
        batch_seconds: Seconds to predict 10,000 encoded rows.
        size_bytes: Size of the saved model.
        fit_seconds: Seconds to fit the model once.
    """

    row_seconds: float = np.inf
    batch_seconds: float = np.inf
    size_bytes: float = np.inf
    fit_seconds: float = np.inf

    @classmethod
    def of(cls, trial: FittedTrial) -> "Costs":
        """Return the costs of a fitted trial."""
        batch = _BATCH_ROWS * trial.predict_seconds
        return cls(trial.row_seconds, batch, trial.size_bytes, trial.fit_seconds)

    def times(self, factor: float) -> "Costs":
        """Return a multiple of what predicting and storing may cost. Fitting must end in time whatever happens.

        Many rows may cost the square of it: whoever predicts many rows can wait, and otherwise boosted trees with
        thousands of rounds would be out of the question.
        """
        return replace(
            self,
            row_seconds=factor * self.row_seconds,
            batch_seconds=factor**2 * self.batch_seconds,
            size_bytes=factor * self.size_bytes,
        )

    def within(self, most: "Costs") -> "Costs":
        """Return the smaller of each cost and its limit."""
        return Costs(*map(min, astuple(self), astuple(most)))


@dataclass(frozen=True)
class Spending:
    """What each of some models would take of a budget.

    Attributes:
        parts: Part of each finite limit that each model takes, shape ``(m, l)``; more than 1 breaks the limit.
    """

    parts: np.ndarray

    @classmethod
    def of(cls, costs: list[Costs], budget: Costs) -> "Spending":
        """Return what models of these costs would take of a budget."""
        known = np.array([astuple(one) for one in costs]).reshape(len(costs), -1)
        limits = np.array(astuple(budget))
        limited = np.isfinite(limits)  # Costs that nobody limits may be unknown.
        return cls(known[:, limited] / np.maximum(limits[limited], 1e-12))

    def ways(self) -> list[np.ndarray]:
        """Return the models to grow an ensemble from, one way after the other; booleans, shape ``(m,)``.

        A model that takes most of a limit leaves no room for others, which together may be better.
        """
        every = np.ones(len(self.parts), dtype=bool)
        modest: np.ndarray = np.all(self.parts <= _MODEST, axis=1)
        return [every, modest] if 1 < modest.sum() < len(modest) else [every]

    def possible(self) -> list[int]:
        """Return the positions of the models that keep within the budget on their own; of all if none does."""
        alone = np.flatnonzero((self.parts <= 1).all(axis=1)).tolist()
        return alone or list(range(len(self.parts)))

    def fits(self, members: list[int]) -> bool:
        """Whether some models, given by their positions, keep within the budget together."""
        return bool((self.parts[members].sum(axis=0) <= 1).all())

    def affordable(self, used: np.ndarray) -> np.ndarray:
        """Return which models can be used together with those that are used already; booleans, shape ``(m,)``.

        Args:
            used: Which models are used already; booleans, shape ``(m,)``. If there are none, and every model costs too
                much, each may be used on its own.
        """
        spent = self.parts[used].sum(axis=0)
        allowed = used | ((self.parts + spent) <= 1).all(axis=1)
        return allowed if allowed.any() else np.ones(len(allowed), dtype=bool)

    def joined(self, used: np.ndarray, others: Iterable[int]) -> np.ndarray:
        """Return which models are used after others, given by their positions, join while they are affordable."""
        joined = used.copy()
        for one in others:
            joined[one] |= self.affordable(joined)[one]
        return joined
