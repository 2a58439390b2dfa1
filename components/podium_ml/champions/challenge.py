"""Compares the challenger with the champion, or with the baseline, and decides whether to promote it."""

import time
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
from podium_ml.champions.folder import ChampionFolder
from podium_ml.champions.later_stamps import answer_after, later_rows, track_record
from podium_ml.champions.paired_bootstrap import Answer, compare
from podium_ml.champions.seen_rows import hash_rows
from podium_ml.contracts import Champion, Decision, Problem, Selection
from podium_ml.errors import PodiumError
from podium_ml.kinds import Predictor
from podium_ml.metrics import Metric, problem_metric
from podium_ml.run.budget import Deadline
from podium_ml.selection.limits import Limits
from podium_ml.targets import target_of
from podium_ml.values.row_roles import read_weights

# A sample of this many rows estimates how long predicting takes. Predicting may take this share of the time left.
_TRIED_ROWS, _TIME_SHARE = 200, 0.5
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
    if present is not None and problem.series is not None:
        plain = track_record(plain, champion, pd.concat([train, test], ignore_index=True))
    contest = _Contest(problem, problem_metric(problem), challenger, deadline)
    try:
        if present is None:
            compared = _against_baseline(plain, contest, train, test)
        else:
            compared = _against_champion(plain, contest, present, champion, train, test)
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
    plain: Decision,
    contest: _Contest,
    present: Champion,
    folder: ChampionFolder,
    train: pd.DataFrame,
    test: pd.DataFrame,
) -> Decision:
    problem, model = contest.problem, None
    if problem.series is None:
        rows, left_out = new_rows(test, problem, present, folder)
    else:
        model = _champion_model(folder)
        rows, left_out = later_rows(test, problem, present, model)
    attempt = count_attempts(hash_rows(rows, present.problem), folder.challenges)
    plain = replace(
        plain, rows=len(rows), seen_rows=left_out, attempt=attempt, confidence=1 - allowed_error(attempt)
    )
    rows = _affordable(rows, contest.challenger, problem.seed, contest.deadline)
    if model is not None:
        return contest.measure(plain, rows, answer_after(model, train, rows))
    return contest.measure(plain, rows, answer_of(_champion_model(folder), rows, problem, whose="champion"))


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


def _champion_model(folder: ChampionFolder) -> Predictor:
    if folder.refused:
        raise NotComparableError(folder.refused)
    try:
        return folder.predictor()
    except PodiumError as error:
        raise NotComparableError(f"The champion's model cannot be loaded: {error}") from error


def _affordable(rows: pd.DataFrame, model: Predictor, seed: int, deadline: Deadline) -> pd.DataFrame:
    """Return as many rows as both models have time to predict; equal seeds and counts give the same rows."""
    if len(rows) <= _TRIED_ROWS or not np.isfinite(deadline.remaining()):
        return rows
    began = time.perf_counter()
    model.predict_raw(rows.head(_TRIED_ROWS))
    per_row = (time.perf_counter() - began) / _TRIED_ROWS
    most = max(_TRIED_ROWS, int(_TIME_SHARE * deadline.remaining() / max(per_row, 1e-9) / 2))
    return rows.sample(n=min(most, len(rows)), random_state=seed).sort_index().reset_index(drop=True)


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
