"""What is known when a forecast is made."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.forecasting.features import SeriesFeaturizer
from podium_ml.forecasting.hierarchy.adding import add_up
from podium_ml.forecasting.hierarchy.reconciliation import Reconciliation
from podium_ml.forecasting.hierarchy.rows import sums_of_plan
from podium_ml.forecasting.hierarchy.tree import Tree
from podium_ml.forecasting.history import SERIES, STEP, Past
from podium_ml.forecasting.prediction.given_rows import task_of
from podium_ml.forecasting.prediction.newer_history import NewerHistory, past_of, with_rows

Labels = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Knowledge:
    """The model, the newest history of each series, and the rows that are planned.

    Attributes:
        problem: The problem of the model.
        featurizer: Turns rows into features.
        model: The model, which knows the history.
        past: The history of each series, by code.
        labels: Labels of all series by code; some may have no history.
        plan: Rows of the future with the columns that are known in advance, with ``SERIES`` and ``STEP``.
        last: Last values of the columns that are known in advance or static, by code.
        calibrator: Makes intervals as wide as they must be, or ``None``.
    """

    problem: Problem
    featurizer: SeriesFeaturizer
    model: Any
    past: Past
    labels: Labels
    plan: pd.DataFrame
    last: pd.DataFrame
    calibrator: Any = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the model reads of future rows."""
        task = task_of(self.problem)
        return (*task.known, *task.static)

    @cached_property
    def ends(self) -> np.ndarray:
        """Last step of each series, shape ``(s,)``; of series without history, that of the others."""
        ends = np.full(len(self.labels), self.past.lasts.max())
        ends[self.past.codes] = self.past.lasts
        return ends

    @cached_property
    def counts(self) -> np.ndarray:
        """Number of known values of each series, shape ``(s,)``."""
        counts = np.zeros(len(self.labels), dtype=np.int64)
        counts[self.past.codes] = np.add.reduceat(np.isfinite(self.past.flat), self.past.offsets[:-1])
        return counts

    @property
    def newest(self) -> int:
        """The last step of all series."""
        return int(self.ends.max())

    @cached_property
    def ended(self) -> np.ndarray:
        """Whether each series ended more than a horizon before the others, shape ``(s,)``."""
        return self.ends < self.newest - task_of(self.problem).reach

    @cached_property
    def cold(self) -> np.ndarray:
        """Whether each series has no history, shape ``(s,)``."""
        return self.counts == 0

    @cached_property
    def never_negative(self) -> np.ndarray:
        """Whether no value of each series was negative, shape ``(s,)``; of series without history, of all others."""
        own = np.fmin.reduceat(self.past.flat, self.past.offsets[:-1]) >= 0
        never = np.full(len(self.labels), own.all())
        never[self.past.codes] = own
        return never

    @cached_property
    def tree(self) -> Tree:
        """Which series are sums of others."""
        return Tree.of(self.labels)

    def features(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the features of rows; columns that they lack have the last values of their series."""
        lacking = [name for name in self.columns if name not in rows]
        filled = {name: rows[SERIES].map(self.last[name]) for name in lacking}
        return self.featurizer.transform(rows.assign(**filled))

    def reconciled(self, raw: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
        """Return forecasts that add up where all series that go on are forecast, shape ``(n, 1 + q)``."""
        if not self.tree:
            return raw
        codes, steps = (rows[name].to_numpy(dtype=np.int64) for name in (SERIES, STEP))
        how = getattr(self.calibrator, "reconciliation", Reconciliation())
        return add_up(
            raw, codes, steps, self.tree, how=how, never_negative=self.never_negative, needed=~self.ended
        )

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        """Return points and quantiles of rows, shape ``(n, 1 + q)``; series that were never negative stay so."""
        raw = self.model.predict_raw(self.features(rows))
        return self.bounded(raw if self.calibrator is None else self.calibrator.calibrate(raw), rows)

    def bounded(self, raw: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
        """Return forecasts of rows in which series that were never negative stay so, shape ``(n, k)``."""
        never = self.never_negative[rows[SERIES]]
        return np.where(never[:, None], np.maximum(raw, 0.0), raw)

    def with_history(self, newer: NewerHistory) -> "Knowledge":
        """Return what is known together with newer rows."""
        last = renewed_values(self.last, newer.known)
        table = newer.known
        for name in self.columns:
            if name not in table:
                table = table.assign(**{name: np.nan})
        y = table[self.problem.target].to_numpy(dtype=np.float64)
        model = with_rows(self.model, self.featurizer.transform(table), y)
        planned = newer.plan if all(name in newer.plan for name in task_of(self.problem).known) else None
        renewed = replace(self, model=model, past=past_of(model), labels=newer.labels, last=last)
        return renewed if planned is None else renewed.with_plan(planned, newer.labels)

    def with_plan(self, plan: pd.DataFrame, labels: Labels) -> "Knowledge":
        """Return what is known together with rows of a plan, which replace those of the same series and steps.

        Args:
            plan: Rows with ``SERIES``, ``STEP``, and the columns that are known in advance.
            labels: Labels of all series.
        """
        columns = [SERIES, STEP, *(name for name in self.columns if name in plan)]
        if (tree := Tree.of(labels)) and len(plan):
            own = plan[~tree.is_sum[plan[SERIES].to_numpy(dtype=np.int64)]]
            plan = pd.concat([own, sums_of_plan(own[columns], tree)], ignore_index=True)
        parts = [one for one in (plan[columns], self.plan) if len(one)]
        joined = pd.concat(parts, ignore_index=True) if parts else plan[columns]
        return replace(self, plan=joined.drop_duplicates([SERIES, STEP]), labels=labels)


def own_knowledge(
    problem: Problem, featurizer: SeriesFeaturizer, model: Any, *, calibrator: Any = None
) -> Knowledge:
    """Return what a model knows by itself."""
    labels = task_of(problem).labels
    return Knowledge(
        problem,
        featurizer,
        model,
        past_of(model),
        labels,
        kept_plan(problem),
        kept_values(problem),
        calibrator,
    )


def kept_plan(problem: Problem) -> pd.DataFrame:
    """Return the future rows that the training data had."""
    task = task_of(problem)
    return pd.DataFrame(task.plan) if task.plan else pd.DataFrame(columns=[SERIES, STEP, *task.known])


def kept_values(problem: Problem) -> pd.DataFrame:
    """Return the last values of the columns that are known in advance or static, by code of the series."""
    task = task_of(problem)
    columns = [*task.known, *task.static]
    return pd.DataFrame(list(task.last_values), columns=columns, index=range(len(task.last_values)))


def renewed_values(last: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the last values by code of the series, those of newer rows first.

    Args:
        last: Last values by code.
        rows: Rows with ``SERIES`` and ``STEP``; columns may be missing.
    """
    present = [name for name in last.columns if name in rows]
    if not present or not len(rows):
        return last
    newer = rows.sort_values(STEP, kind="stable").groupby(SERIES)[present].last()
    return newer.combine_first(last)[list(last.columns)]
