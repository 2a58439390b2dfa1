"""Compares the test score with what the out-of-fold predictions promised."""

import math
from dataclasses import dataclass

from podium_ml.contracts import Problem, Selection
from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import Answer, Bootstrap
from podium_ml.evaluation.errors import row_errors
from podium_ml.evaluation.evidence import evidence
from podium_ml.evaluation.intervals import quantile
from podium_ml.metrics import Metric
from podium_ml.run.budget import Deadline

_FEW = 200


@dataclass(frozen=True)
class Promise:
    """The out-of-fold predictions of the chosen model.

    Attributes:
        targets: Targets of the training rows that were predicted.
        answer: Their predictions.
    """

    targets: Targets
    answer: Answer


@dataclass(frozen=True)
class TestScore:
    """The score of the chosen model on the test rows.

    Attributes:
        answer: The predictions.
        bootstrap: Resamples of the test rows.
    """

    __test__ = False  # Keeps pytest from collecting this class.

    answer: Answer
    bootstrap: Bootstrap

    def value(self, metric: Metric) -> float:
        """Return the score on all rows."""
        return self.bootstrap.score(metric, self.answer)


def check_promise(
    problem: Problem,
    selection: Selection,
    metric: Metric,
    *,
    promise: Promise,
    found: TestScore,
    deadline: Deadline,
) -> tuple[str, ...]:
    """Return a note if the test score differs from the out-of-fold score by more than chance explains.

    The difference has the standard errors of both scores, because both rest on some rows only.

    Args:
        problem: The problem.
        selection: The selection, with the cross-fitted out-of-fold score.
        metric: The metric.
        promise: What the score was promised by.
        found: The score on the test rows.
        deadline: When to stop.
    """
    value = found.value(metric)
    if selection.score is None or deadline.passed() or not math.isfinite(value):
        return ()
    targets, answer = promise.targets, promise.answer
    errors = row_errors(targets.y, answer.raw)
    promised = Bootstrap(targets, seed=problem.seed, deadline=deadline, errors=errors)
    if promised.shortage(metric):
        return ()
    spreads = [found.bootstrap.error(metric, found.answer), promised.error(metric, answer)]
    if None in spreads:
        return ()
    error = math.hypot(*(one for one in spreads if one is not None))
    freedom = min(found.bootstrap.freedom(metric), promised.freedom(metric))
    if abs(value - selection.score) <= quantile(freedom) * error:
        return ()
    better = metric.utility(value) > metric.utility(selection.score)
    word = "better" if better else "worse"
    reasons = _reasons(
        problem, selection, found.bootstrap, rows=evidence(metric, targets.y, promised.units), better=better
    )
    note = (
        f"The {metric.title} of {value:.4g} on the test rows is {word} than the out-of-fold score of "
        f"{selection.score:.4g}, and by more than chance explains. Possible reasons: {'; '.join(reasons)}."
    )
    return (note,)


def _reasons(
    problem: Problem, selection: Selection, test: Bootstrap, *, rows: int, better: bool
) -> list[str]:
    """Return what can explain the difference in this run, the likeliest first."""
    reasons = []
    if problem.time_column:
        reasons.append(
            "the test rows are later than the training rows, and what is predicted has changed since"
        )
    else:
        reasons.append(
            "the test rows differ from the training rows (drift), if they were not drawn at random"
        )
    if problem.group_column:
        reasons.append(f"the test rows come from other groups, and only from {test.units.number}")
    elif not problem.time_column:
        reasons.append(
            "rows belong together or follow each other in time, and neither a group column nor a time column says so"
        )
    models = sum(one.score is not None for one in selection.choices)
    if models > 1 and not better:
        reasons.append(
            f"the model was chosen as the best of {models} by its out-of-fold score, which flatters it"
        )
    if min(rows, test.units.number) < _FEW:
        reasons.append("there are few rows, and one run in twenty differs this much by chance")
    return reasons
