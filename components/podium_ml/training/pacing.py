"""Decides which configurations the time of a search allows."""

import math
from collections.abc import Mapping
from typing import Any

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.training.costs import TrialCosts, TrialSize, run_pace
from podium_ml.training.encodings import Encodings
from podium_ml.training.limits import SearchLimits


class Pacing:
    """Starts nothing that cannot finish in time. Without a time limit everything may start.

    Args:
        spec: The algorithm.
        encodings: Encodes the rows; the first trial limits them if it would take too long otherwise.
        problem: The problem.
        limits: The limits of the search.
        threads: Number of threads.
    """

    def __init__(
        self,
        spec: AlgorithmSpec,
        encodings: Encodings,
        *,
        problem: Problem,
        limits: SearchLimits,
        threads: int,
    ) -> None:
        self._spec, self._encodings, self._limits = spec, encodings, limits
        self._problem, self._threads = problem, threads
        self._costs: TrialCosts | None = None
        self._cheaper: dict[str, Any] = {}

    def first(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the configuration to begin with: a cheaper one, on fewer rows if need be, if time is short."""
        if math.isinf(self._limits.available()):
            return parameters
        self._costs = self._make_costs()
        seconds = self._limits.available() - self._encodings.seconds_ahead(0)
        chosen, rows = self._costs.within(seconds, parameters)
        self._cheaper = {name: value for name, value in chosen.items() if parameters.get(name) != value}
        if rows < self._costs.size.rows:
            self._encodings.limit_rows(rows)
        return chosen

    def affords(self, parameters: Mapping[str, Any]) -> bool:
        """Whether a trial that starts now should finish in time."""
        if self._costs is None:
            return True
        return self._costs.expected(parameters, rows=self._encodings.most_rows) <= self._limits.available()

    def usual(self, parameters: Mapping[str, Any]) -> float:
        """Return the seconds that a trial usually takes; see ``TrialCosts.usual``. 0 without a time limit."""
        return self._costs.usual(parameters, rows=self._encodings.most_rows) if self._costs else 0.0

    def learn(self, parameters: Mapping[str, Any], seconds: float) -> None:
        """Learn from a complete trial what it took, without encoding."""
        if self._costs:
            self._costs.learn(parameters, seconds, rows=self._encodings.most_rows)

    @property
    def note(self) -> str:
        """What the user should know; empty if there was time for everything."""
        notes, most, largest = [], self._encodings.most_rows, self._encodings.largest_fold()
        if most != self._spec.max_rows:
            notes.append(
                f"There was only time to train on {most:,} of the {largest:,} training rows per fold."
            )
        if self._cheaper:
            changes = ", ".join(f"{name}={value}" for name, value in self._cheaper.items())
            notes.append(f"To end in time, it began with a cheaper configuration ({changes}).")
        return " ".join(notes)

    def _make_costs(self) -> TrialCosts:
        encodings = self._encodings
        size = TrialSize.of_problem(
            self._problem,
            columns=encodings.width or len(encodings.schema(0).features),
            rows=min(encodings.largest_fold(), encodings.most_rows or encodings.largest_fold()),
            folds=len(encodings.folds),
        )
        return TrialCosts(self._spec, size, threads=self._threads, pace=run_pace())
