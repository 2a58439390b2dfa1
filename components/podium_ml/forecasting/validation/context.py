"""What the guardrails of series look at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from podium_ml.forecasting.panel.changes import changes_within
from podium_ml.forecasting.panel.panel import Panel
from podium_ml.kinds.guardrail import name_list
from podium_ml.settings import ForecastingProblem
from podium_ml.values.stand_ins import stand_ins

# Costly checks look at so many series, spread over all, and at so many of their last steps.
_SAMPLED, _LONGEST = 500, 3_000


@dataclass(frozen=True)
class Sampled:
    """The values of one series at every step, NaN where they are missing.

    Attributes:
        code: Code of the series.
        first: Its first step that is looked at.
        values: Values, shape ``(t,)``.
    """

    code: int
    first: int
    values: np.ndarray


@dataclass(frozen=True)
class Context:
    """Series and what is to be forecast of them.

    Attributes:
        panel: The rows that have a value of the target.
        settings: What the user asked for.
        season: Steps of a season; 1 for none.
        windows: Number of windows that models are compared on.
        tested: Number of rows set aside for the test.
        end: The last step, from which the windows of all series are counted; ``None`` if each has its own.
        static: Columns that are the same in all rows of each series.
        unlabelled: Number of rows without a value of the target that are no plan.
        planned: Number of rows that are the plan of what to forecast.
        keeps_plan: Whether the plan is kept with the model.
        plan_hole: Says which value of the plan is missing, if the training rows always have it; else empty.
        closed_days: Days of the week on which each series is closed, shape ``(s, 7)``; ``None`` for none.
    """

    panel: Panel
    settings: ForecastingProblem
    season: int = 1
    windows: int = 1
    tested: int = 0
    end: int | None = None
    static: tuple[str, ...] = ()
    unlabelled: int = 0
    planned: int = 0
    keeps_plan: bool = True
    plan_hole: str = ""
    closed_days: np.ndarray | None = None

    @cached_property
    def values(self) -> np.ndarray:
        """The target, float64, shape ``(n,)``."""
        return self.panel.table[self.settings.target].to_numpy(dtype=np.float64)

    @property
    def closed(self) -> np.ndarray:
        """Days of the week on which each series is closed, booleans, shape ``(s, 7)``."""
        none = np.zeros((len(self.panel.ids.labels), 7), dtype=bool)
        return none if self.closed_days is None else self.closed_days

    @cached_property
    def stand_ins(self) -> dict[float, int]:
        """Values of the target that seem to stand for missing ones, like -999, and how many rows have each."""
        return stand_ins(self.values)

    @cached_property
    def sampled(self) -> list[Sampled]:
        """Some series, all of them if they are few, without values that seem to stand for missing ones."""
        count = len(self.panel.ids.labels)
        chosen = np.unique(np.linspace(0, count - 1, min(count, _SAMPLED)).astype(np.int64))
        return [self._dense(int(code)) for code in chosen]

    @property
    def scope(self) -> str:
        """Says how many series were looked at, for costly checks; empty if all were."""
        few = len(self.sampled) < len(self.panel.ids.labels)
        return f" ({len(self.sampled):,} series were looked at)" if few else ""

    def named(self, codes: "np.ndarray | list[int]") -> str:
        """Return the names of some series, such as ``'a', 'b' and 3 more`` or ``the series``."""
        if not self.panel.ids.columns:
            return "the series"
        return name_list([self.panel.ids.name(int(code)) for code in codes[:6]], most=3) + (
            f" ({len(codes):,} in all)" if len(codes) > 6 else ""
        )

    def stamp(self, step: int) -> str:
        """Return a step as the time column writes it."""
        return self.panel.stamps(np.array([step]))[0]

    def by_series(self, function: np.ufunc, values: np.ndarray) -> np.ndarray:
        """Combine values of rows to one for each series, shape ``(s,)``.

        Args:
            function: Such as ``numpy.add``.
            values: One for each row.
        """
        return np.asarray(function.reduceat(values, self.panel.starts))

    def changes(self, name: str) -> np.ndarray:
        """Return how often a column changes within each series, missing values left out, shape ``(s,)``."""
        return changes_within(self.panel.table[name], self.panel.series, len(self.panel.ids.labels))

    def _dense(self, code: int) -> Sampled:
        start, length = int(self.panel.starts[code]), int(self.panel.lengths[code])
        rows = slice(start + max(0, length - _LONGEST), start + length)
        steps = self.panel.steps[rows]
        recent = steps > steps[-1] - 2 * _LONGEST
        steps, values = steps[recent], self.values[rows][recent]
        missing = np.isin(values, list(self.stand_ins))
        if not missing.all():
            values = np.where(missing, np.nan, values)
        dense = np.full(int(steps[-1] - steps[0]) + 1, np.nan)
        dense[steps - steps[0]] = values
        return Sampled(code, int(steps[0]), dense)
