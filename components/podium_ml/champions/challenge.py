"""Compares champion and challenger on the same new rows, and decides whether to promote the challenger."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.champions.folder import ChampionFolder
from podium_ml.champions.paired_bootstrap import Answer, Gain, compare
from podium_ml.champions.seen_rows import unseen
from podium_ml.contracts import Champion, Decision, Problem, Selection
from podium_ml.errors import PodiumError
from podium_ml.kinds import Predictor
from podium_ml.metrics import Metric, Threshold, problem_metric
from podium_ml.run.budget import Deadline
from podium_ml.selection.limits import Limits
from podium_ml.targets import Target, encode_target, target_of
from podium_ml.values.labels import canonical
from podium_ml.values.row_roles import read_groups, read_weights

_FEWEST_ROWS = 30
# A sample of this many rows estimates how long predicting takes. Predicting may take this share of the time left.
_TRIED_ROWS, _TIME_SHARE = 200, 0.5
_BY_HAND = "To promote the new model by hand, run `podium rollback NAME --to VERSION`."


class NotComparableError(Exception):
    """Champion and challenger cannot be compared. The message gives the user the reason."""


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
    test: pd.DataFrame,
    gate: Gate,
    deadline: Deadline,
) -> Decision:
    """Compare champion and challenger, and decide whether to promote the challenger.

    Args:
        problem: The problem of this run.
        selection: The selection of this run.
        challenger: The chosen model, before the refit on the test rows.
        champion: The champion, or an empty folder.
        test: The test rows of this run.
        gate: The conditions for promoting the challenger.
        deadline: When the comparison must be done.
    """
    present = champion.champion
    metric = problem_metric(problem)
    plain = Decision(
        promoted=False,
        reason="",
        challenger=selection.chosen,
        champion=present.reference if present else "",
        promote=gate.promote,
        metric=problem.metric,
        margin=gate.margin,
    )
    if present is None:
        return _without_comparison(plain, "There is no champion yet.", gate, selection, passed=True)
    try:
        rows, left_out = _new_rows(test, problem, present, champion)
        plain = replace(plain, rows=len(rows), seen_rows=left_out)
        rows = _affordable(rows, challenger, problem.seed, deadline)
        gain = _measure(rows, problem, metric, (_champion_model(champion), challenger), deadline)
    except NotComparableError as why:
        return _without_comparison(plain, str(why), gate, selection, passed=False)
    compared = replace(
        plain,
        rows=len(rows),
        champion_score=gain.scores[0],
        challenger_score=gain.scores[1],
        improvement=gain.value,
        low=gain.low,
        high=gain.high,
    )
    passed, reason = _verdict(compared, metric)
    return _apply_gate(compared, reason, gate, selection, passed=passed)


def _without_comparison(
    decision: Decision, reason: str, gate: Gate, selection: Selection, *, passed: bool
) -> Decision:
    if not passed and gate.promote == "auto":
        reason = f"{reason} {_BY_HAND}"
    return _apply_gate(decision, reason, gate, selection, passed=passed)


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


def _new_rows(
    test: pd.DataFrame, problem: Problem, champion: Champion, folder: ChampionFolder
) -> tuple[pd.DataFrame, int]:
    """Return the test rows that neither model was trained on, and the number of rows left out."""
    theirs = champion.problem
    _check_same_question(problem, theirs)
    if missing := [one.name for one in theirs.features if one.required and one.name not in test.columns]:
        names = ", ".join(f"'{name}'" for name in missing[:5])
        raise NotComparableError(
            f"The new rows are missing {names}, which the champion needs to predict them."
        )
    seen = folder.seen_rows
    if seen is None:
        raise NotComparableError("The rows that the champion was trained on are unknown.")
    if len(test):
        target = target_of(problem)
        test = test[target.known(target.encode(test[problem.target], problem))]
    new = unseen(test, theirs, seen) if len(test) else np.zeros(0, dtype=bool)
    rows = test[new].reset_index(drop=True)
    if len(rows) < _FEWEST_ROWS:
        count = "1 test row is" if len(rows) == 1 else f"{len(rows)} test rows are"
        raise NotComparableError(f"Only {count} new to the champion; at least {_FEWEST_ROWS} are needed.")
    _check_classes(rows, test, problem)
    return rows, int(len(new) - new.sum())


def _check_same_question(problem: Problem, theirs: Problem) -> None:
    if theirs.target != problem.target or target_of(theirs) is not target_of(problem):
        raise NotComparableError(f"The champion predicts something else: '{theirs.target}' ({theirs.task}).")
    if set(map(canonical, theirs.classes)) != set(map(canonical, problem.classes)):
        shown = ", ".join(str(label) for label in theirs.classes[:10])
        raise NotComparableError(f"The champion was trained on other classes: {shown}.")


def _check_classes(rows: pd.DataFrame, test: pd.DataFrame, problem: Problem) -> None:
    """Refuse new rows without any example of a class that occurs in the test rows.

    The test rows are the standard, because a rare class may occur in no test row at all.
    """
    target = target_of(problem)
    known, wanted = (_strata(target.encode(part[problem.target], problem), target) for part in (rows, test))
    if not wanted:
        return
    if missing := sorted(wanted - known):
        names = ", ".join(f"'{problem.classes[code]}'" for code in missing if code < len(problem.classes))
        raise NotComparableError(f"The new rows contain no example of class {names}, so the champion stays.")
    if len(known) < 2:
        raise NotComparableError("The new rows contain only one class, so the champion stays.")


def _strata(y: np.ndarray, target: Target) -> set[int]:
    strata = target.strata(y)
    return set() if strata is None else set(strata.tolist())


def _champion_model(folder: ChampionFolder) -> Predictor:
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


def _measure(
    rows: pd.DataFrame,
    problem: Problem,
    metric: Metric,
    pair: tuple[Predictor, Predictor],
    deadline: Deadline,
) -> Gain:
    champion, challenger = pair
    answers = (_answer(champion, rows, problem, whose="champion"), _answer(challenger, rows, problem))
    weight, group = problem.weight_column, problem.group_column
    return compare(
        metric,
        encode_target(rows[problem.target], problem),
        answers,
        weight=read_weights(rows[weight]) if weight else None,
        group=read_groups(rows[group]) if group else None,
        seed=problem.seed,
        deadline=deadline,
    )


def _answer(model: Predictor, rows: pd.DataFrame, problem: Problem, *, whose: str = "challenger") -> Answer:
    try:
        raw = model.predict_raw(rows)
    except Exception as error:
        raise NotComparableError(f"The {whose} cannot predict the new rows: {error}") from error
    if not problem.classes:
        return Answer(raw)
    place = {canonical(label): at for at, label in enumerate(model.problem.classes)}
    order = [place[canonical(label)] for label in problem.classes]
    return Answer(raw[:, order], _reordered(model.threshold, order))


def _reordered(threshold: Threshold, order: list[int]) -> Threshold:
    """Return a model's threshold after reordering its classes."""
    if isinstance(threshold, tuple):
        return tuple(threshold[at] for at in order)
    if threshold is None or order[-1] == len(order) - 1:
        return threshold
    # With two classes in reverse order, the complement of the threshold applies to the other class.
    return 1 - threshold


def _verdict(decision: Decision, metric: Metric) -> tuple[bool, str]:
    before, after = decision.champion_score, decision.challenger_score
    where = f"on {decision.rows:,} rows that neither model had seen"
    scores = f"{metric.title} {_number(after)} against the champion's {_number(before)} {where}"
    if decision.low is None or decision.improvement is None:
        return False, f"{scores}. No confidence interval could be computed. {_BY_HAND}"
    gain = f"better by more than {_number(decision.low)} with 95% confidence"
    if decision.low > decision.margin:
        margin = f", which exceeds the margin of {_number(decision.margin)}" if decision.margin else ""
        return True, f"{scores}: {gain}{margin}."
    if decision.improvement <= 0:
        return False, f"{scores}: no better."
    if decision.low <= 0:
        return False, f"{scores}: not clearly better (the difference may be chance)."
    return False, f"{scores}: {gain}, which does not exceed the margin of {_number(decision.margin)}."


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4g}"
