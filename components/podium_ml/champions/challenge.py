"""Compares the challenger with the champion, or with the baseline, and decides whether to promote it."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.champions.answers import answer_of, best_constant
from podium_ml.champions.attempts import allowed_error, count_attempts, percent
from podium_ml.champions.comparable_rows import (
    NotComparableError,
    count_fewest,
    known_rows,
    new_rows,
    units_of,
)
from podium_ml.champions.confined_answer import affordable, read_answer, read_later, read_record
from podium_ml.champions.folder import ChampionFolder
from podium_ml.champions.later_stamps import later_rows
from podium_ml.champions.paired_bootstrap import Answer, compare
from podium_ml.champions.seen_rows import hash_rows
from podium_ml.contracts import Champion, Decision, Problem, Selection
from podium_ml.kinds import Predictor
from podium_ml.metrics import Metric, problem_metric
from podium_ml.run.budget import Deadline
from podium_ml.selection.limits import Limits
from podium_ml.targets import target_of
from podium_ml.values.row_roles import read_weights

_BY_HAND = "To promote the new model by hand, run `podium rollback NAME --to VERSION`."


@dataclass(frozen=True)
class Gate:
    """The conditions for promoting a challenger.

    Attributes:
        promote: ``auto``, ``never`` or ``always``.
        margin: How much better the challenger must be, in units of the metric.
        limits: The user's limits on latency and size.
    """

    promote: Any = "auto"
    margin: float = 0.0
    limits: Limits = field(default_factory=Limits)


def decide(
    problem: Problem,
    selection: Selection,
    *,
    challenger: Predictor,
    champion: ChampionFolder,
    train: pd.DataFrame,
    test: pd.DataFrame,
    gate: Gate,
    deadline: Deadline,
) -> Decision:
    """Compare the challenger with the champion, or the first one with the baseline, and decide on the promotion.

    Args:
        problem: The problem of this run.
        selection: The selection of this run.
        challenger: The chosen model, before the refit on the test rows.
        champion: The champion, or an empty folder.
        train: The training rows of this run, which the baseline learns from.
        test: The test rows of this run.
        gate: The conditions for promoting the challenger.
        deadline: When the comparison must be done.
    """
    present = champion.champion
    plain = Decision(
        promoted=False,
        reason="",
        challenger=selection.chosen,
        champion=present.reference if present else "",
        promote=gate.promote,
        metric=problem.metric,
        margin=gate.margin if present else 0.0,
    )
    if present is not None and problem.series is not None and (found := read_record(champion)):
        plain = replace(plain, **found, expected=present.metrics.get(problem.metric))
    contest = _Contest(problem, problem_metric(problem), challenger, deadline)
    try:
        if present is None:
            compared = _against_baseline(plain, contest, train, test)
        else:
            compared = _against_champion(plain, contest, present, champion, test)
    except NotComparableError as why:
        reason = (
            str(why) if present else f"There is no champion yet, and the first must beat the baseline. {why}"
        )
        return _without_comparison(plain, reason, gate, selection)
    passed, reason = _verdict(compared, contest.metric)
    return _apply_gate(compared, reason, gate, selection, passed=passed)


@dataclass(frozen=True)
class _Contest:
    """What both kinds of comparison need."""

    problem: Problem
    metric: Metric
    challenger: Predictor
    deadline: Deadline

    def measure(self, plain: Decision, rows: pd.DataFrame, other: Answer) -> Decision:
        """Return the decision with the scores, and the interval of their difference, on rows that are new to both."""
        problem, weight = self.problem, self.problem.weight_column
        y = target_of(problem).encode_rows(rows, problem)
        units = units_of(rows, y, problem)
        gain = compare(
            self.metric,
            y,
            (other, answer_of(self.challenger, rows, problem)),
            weight=read_weights(rows[weight]) if weight else None,
            units=units,
            fewest=count_fewest(y, units, problem, self.metric),
            error=1 - plain.confidence,
            seed=problem.seed,
            deadline=self.deadline,
        )
        return replace(
            plain,
            rows=len(rows),
            drawn=units.noun,
            champion_score=gain.scores[0],
            challenger_score=gain.scores[1],
            improvement=gain.value,
            low=gain.low,
            high=gain.high,
        )


def _against_baseline(
    plain: Decision, contest: _Contest, train: pd.DataFrame, test: pd.DataFrame
) -> Decision:
    plain = replace(plain, confidence=1 - allowed_error(1))
    rows = known_rows(test, contest.problem)
    if contest.problem.series is not None:
        forecaster: Any = contest.challenger
        return contest.measure(plain, rows, Answer(forecaster.naive(train, rows)))
    return contest.measure(plain, rows, best_constant(train, len(rows), contest.problem, contest.metric))


def _against_champion(
    plain: Decision, contest: _Contest, present: Champion, folder: ChampionFolder, test: pd.DataFrame
) -> Decision:
    problem = contest.problem
    if folder.refused:
        raise NotComparableError(folder.refused)
    if problem.series is None:
        rows, left_out = new_rows(test, problem, present, folder)
    else:
        rows, left_out = later_rows(test, problem, present, read_later(folder, len(test)))
    attempt = count_attempts(hash_rows(rows, present.problem), folder.challenges)
    plain = replace(
        plain, rows=len(rows), seen_rows=left_out, attempt=attempt, confidence=1 - allowed_error(attempt)
    )
    predicted, theirs = read_answer(folder, len(rows))
    rows = affordable(rows.iloc[predicted], contest.challenger, problem.seed, contest.deadline)
    theirs = replace(theirs, raw=theirs.raw[np.searchsorted(predicted, rows.index)])
    return contest.measure(plain, rows.reset_index(drop=True), theirs)


def _without_comparison(decision: Decision, reason: str, gate: Gate, selection: Selection) -> Decision:
    if gate.promote == "auto":
        reason = f"{reason} {_BY_HAND}"
    return _apply_gate(decision, reason, gate, selection, passed=False)


def _apply_gate(
    decision: Decision, reason: str, gate: Gate, selection: Selection, *, passed: bool
) -> Decision:
    """Apply the user's limits and promotion setting to the result of the comparison."""
    if broken := _broken_limit(gate, selection):
        return replace(decision, promoted=False, reason=f"The new model breaks a limit: {broken} {reason}")
    if gate.promote == "never":
        return replace(decision, promoted=False, reason=f"Promotion is off (`--promote never`). {reason}")
    if gate.promote == "always":
        return replace(
            decision,
            promoted=True,
            reason=f"Promoted regardless of the comparison (`--promote always`). {reason}",
        )
    return replace(decision, promoted=passed, reason=reason)


def _broken_limit(gate: Gate, selection: Selection) -> str:
    chosen = next((one for one in selection.choices if one.name == selection.chosen), None)
    if chosen is None:
        return ""
    limits = replace(gate.limits, interpretable=False)
    return limits.reason_against(
        seconds=chosen.predict_milliseconds / 1000, size=chosen.size_bytes, interpretable=True
    )


def _verdict(decision: Decision, metric: Metric) -> tuple[bool, str]:
    """Return whether the new model is clearly better, and why or why not, with the rows that were used."""
    other = "champion" if decision.champion else "baseline"
    before, after = decision.champion_score, decision.challenger_score
    scores = f"{metric.title} {_number(after)} against the {other}'s {_number(before)}"
    used = _used_rows(decision)
    if decision.low is None or decision.improvement is None:
        return False, f"{scores}. No confidence interval could be computed. {_BY_HAND} {used}"
    gain = f"better by more than {_number(decision.low)} with {percent(decision.confidence)} confidence"
    if decision.low > decision.margin:
        margin = f", which exceeds the margin of {_number(decision.margin)}" if decision.margin else ""
        return True, f"{scores}: {gain}{margin}. {used}"
    if decision.improvement <= 0:
        return False, f"{scores}: no better. {used}"
    if decision.low <= 0:
        return False, f"{scores}: not clearly better (the difference may be chance). {used}"
    return False, f"{scores}: {gain}, which does not exceed the margin of {_number(decision.margin)}. {used}"


def _used_rows(decision: Decision) -> str:
    drawn = "" if decision.drawn == "rows" else f", in {decision.drawn}"
    who = "neither model had" if decision.champion else "the model had not"
    used = (
        f"Both were scored on {decision.rows:,} test rows{drawn}, which {who} seen."
        " These rows decide about the promotion; no model was trained on them, chosen or tuned by them before."
    )
    if decision.attempt == 1:
        return used
    return (
        f"{used} It is challenge number {decision.attempt} on these rows, so the confidence must be"
        f" {percent(decision.confidence)} instead of {percent(1 - allowed_error(1))}."
    )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4g}"
