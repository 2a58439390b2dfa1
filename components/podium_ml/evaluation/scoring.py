"""Scores the predictions of all models on the same rows, the most important first, until the time is up."""

import math
from collections.abc import Mapping, Sequence

from podium_ml.contracts import MetricValue, Problem
from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import Answer, Bootstrap
from podium_ml.evaluation.errors import row_errors
from podium_ml.metrics import Metric
from podium_ml.run.budget import Deadline

BASELINE = "baseline"
# All scores of the chosen model on so few rows take milliseconds.
_FEW_ROWS = 1_000


class Scoring:
    """Values, intervals and differences on one set of resamples.

    Args:
        problem: The problem; its seed determines the resamples.
        chosen: Name of the chosen model.
        targets: Targets of the rows.
        answers: Predictions by model, including the chosen one.
        deadline: When to stop.
    """

    def __init__(
        self,
        problem: Problem,
        chosen: str,
        targets: Targets,
        answers: Mapping[str, Answer],
        *,
        deadline: Deadline,
    ) -> None:
        self._chosen, self._targets, self._deadline = chosen, targets, deadline
        self.answers = answers
        errors = row_errors(targets.y, answers[chosen].raw)
        self.bootstrap = Bootstrap(targets, seed=problem.seed, deadline=deadline, errors=errors)

    def scores(self, metrics: Sequence[Metric]) -> dict[str, dict[str, MetricValue]]:
        """Return values and intervals by model and metric. The first metric is the most important one."""
        values: dict[str, dict[str, MetricValue]] = {name: {} for name in self.answers}
        pairs = self._priorities(metrics)
        for name, metric in pairs:
            if metric is metrics[0] or self._is_quick(name) or not self._deadline.passed():
                values[name][metric.name] = self._value(name, metric)
        for name, metric in pairs:
            known = values[name].get(metric.name)
            if known is not None and known.value is not None:
                found = self.bootstrap.measure(metric, self.answers[name], value=known.value)
                values[name][metric.name] = found
        return values

    def over_baseline(self, metric: Metric) -> MetricValue | None:
        """Return by how much the chosen model is better than the baseline, or ``None`` without both."""
        if self._chosen == BASELINE or BASELINE not in self.answers or self._deadline.passed():
            return None
        pair = (self.answers[name] for name in (self._chosen, BASELINE))
        return self.bootstrap.difference(metric, *pair)

    def notes(self) -> tuple[str, ...]:
        """Return what users should know about the rows that the intervals rest on."""
        units = self.bootstrap.units
        if not units.are_few:
            return ()
        what = "groups" if units.kind == "groups" else "blocks of time"
        return (
            f"The scored rows come from only {units.number} {what}. Rows of one of them are alike, so the scores "
            f"rest on {units.number} observations rather than {len(units.codes):,}, and the intervals are rough.",
        )

    def _is_quick(self, name: str) -> bool:
        """Whether all scores of a model are worth the milliseconds however late it is: the chosen one's on few rows."""
        return name == self._chosen and len(self._targets.y) <= _FEW_ROWS

    def _value(self, name: str, metric: Metric) -> MetricValue:
        answer, targets = self.answers[name], self._targets
        score = metric.score(targets.y, answer.raw, targets.weight, threshold=answer.threshold)
        return MetricValue(score if math.isfinite(score) else None)

    def _priorities(self, metrics: Sequence[Metric]) -> list[tuple[str, Metric]]:
        """Return pairs of model and metric, the most important first.

        The first metric of all models comes first, then the other metrics of each model. The chosen model leads.
        """
        first = [(name, metrics[0]) for name in self.answers]
        return first + [(name, metric) for name in self.answers for metric in metrics[1:]]
