"""Champion and challenger on the same new rows, and the gate between them."""

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
from podium_ml.metrics import Metric, resolve_metric
from podium_ml.run.budget import Deadline
from podium_ml.selection.limits import Limits
from podium_ml.tabular.predictor import Predictor
from podium_ml.targets.encoding import canonical, encode_target
from podium_ml.values.row_roles import read_groups, read_weights

_FEWEST_ROWS = 30
# Rows by which the time of predicting all of them is judged, and the share of the time left that it may take.
_TRIED_ROWS, _TIME_SHARE = 200, 0.5
_BY_HAND = "If the new model is to take its place all the same, promote it by hand (podium rollback --to its version)."


class NotComparableError(Exception):
    """Champion and challenger cannot be compared; the text says why, for the user."""


@dataclass(frozen=True)
class Gate:
    """What a challenger must pass.

    Attributes:
        promote: ``auto``, ``never`` or ``always``.
        margin: By how much of the metric it must be better.
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
    """Compare champion and challenger and say whether the challenger takes the title.

    Args:
        problem: The problem of this run.
        selection: Its choice.
        challenger: The chosen model, before it was trained again on the test rows.
        champion: The champion, or an empty folder.
        test: The test rows of this run.
        gate: What the challenger must pass.
        deadline: When to be done.
    """
    present = champion.champion
    metric = resolve_metric(problem.metric, problem.task)
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
    return _settle(compared, reason, gate, selection, passed=passed)


def _without_comparison(
    decision: Decision, reason: str, gate: Gate, selection: Selection, *, passed: bool
) -> Decision:
    if not passed and gate.promote == "auto":
        reason = f"{reason} {_BY_HAND}"
    return _settle(decision, reason, gate, selection, passed=passed)


def _settle(decision: Decision, reason: str, gate: Gate, selection: Selection, *, passed: bool) -> Decision:
    """Lay the user's wish and limits over what came of the comparison."""
    if broken := _broken_limit(gate, selection):
        return replace(decision, promoted=False, reason=f"It breaks a limit: {broken} {reason}")
    if gate.promote == "never":
        return replace(decision, promoted=False, reason=f"Not to be promoted, as was asked. {reason}")
    if gate.promote == "always":
        return replace(decision, promoted=True, reason=f"Promoted in any case, as was asked. {reason}")
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
    """Return the test rows that neither model learned from, and how many were left out."""
    theirs = champion.problem
    _check_same_question(problem, theirs)
    if lacking := [one.name for one in theirs.features if one.required and one.name not in test.columns]:
        names = ", ".join(f"'{name}'" for name in lacking[:5])
        raise NotComparableError(f"The champion cannot predict the new rows, which have no {names}.")
    seen = folder.seen_rows
    if seen is None:
        raise NotComparableError("It is not known which rows the champion has learned from.")
    if problem.is_classification and len(test):
        test = test[encode_target(test[problem.target], problem) >= 0]
    new = unseen(test, theirs, seen) if len(test) else np.zeros(0, dtype=bool)
    rows = test[new].reset_index(drop=True)
    if len(rows) < _FEWEST_ROWS:
        count = "1 test row is" if len(rows) == 1 else f"{len(rows)} test rows are"
        raise NotComparableError(f"Only {count} new to the champion; it takes {_FEWEST_ROWS} to compare.")
    if problem.is_classification:
        _check_classes(rows, test, problem)
    return rows, int(len(new) - new.sum())


def _check_same_question(problem: Problem, theirs: Problem) -> None:
    if theirs.target != problem.target or theirs.is_classification != problem.is_classification:
        raise NotComparableError(f"The champion predicts something else: '{theirs.target}', {theirs.task}.")
    if set(map(canonical, theirs.classes)) != set(map(canonical, problem.classes)):
        shown = ", ".join(str(label) for label in theirs.classes[:10])
        raise NotComparableError(f"The champion knows other classes: {shown}.")


def _check_classes(rows: pd.DataFrame, test: pd.DataFrame, problem: Problem) -> None:
    """Refuse rows in which a class lacks that the test rows have; rare classes may be in no test row at all."""
    known, wanted = (set(encode_target(part[problem.target], problem)) for part in (rows, test))
    if len(known) < 2 or known != wanted:
        lacking = ", ".join(f"'{problem.classes[code]}'" for code in sorted(wanted - known)) or "all but one"
        raise NotComparableError(f"Among the rows new to the champion a class lacks: {lacking}.")


def _champion_model(folder: ChampionFolder) -> Predictor:
    try:
        return folder.predictor()
    except PodiumError as error:
        raise NotComparableError(f"The champion's model cannot be loaded: {error}") from error


def _affordable(rows: pd.DataFrame, model: Predictor, seed: int, deadline: Deadline) -> pd.DataFrame:
    """Return as many rows as there is time to predict with both models, the same ones each time."""
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
    if not problem.is_classification:
        return Answer(raw)
    place = {canonical(label): at for at, label in enumerate(model.problem.classes)}
    order = [place[canonical(label)] for label in problem.classes]
    swapped = model.threshold is not None and order[-1] != len(order) - 1
    # Of two classes, the other one is predicted from the rest of the probability on.
    threshold = 1 - model.threshold if swapped and model.threshold is not None else model.threshold
    return Answer(raw[:, order], threshold)


def _verdict(decision: Decision, metric: Metric) -> tuple[bool, str]:
    before, after = decision.champion_score, decision.challenger_score
    where = f"on {decision.rows:,} rows that neither had seen"
    scores = f"{metric.title} {_number(after)} against the champion's {_number(before)} {where}"
    if decision.low is None or decision.improvement is None:
        return False, f"{scores}; how sure that is cannot be told. {_BY_HAND}"
    sure = f"with 95 % confidence better by more than {_number(decision.low)}"
    if decision.low > decision.margin:
        beyond = f", the margin being {_number(decision.margin)}" if decision.margin else ""
        return True, f"{scores}: {sure}{beyond}."
    if decision.improvement <= 0:
        return False, f"{scores}: no better."
    if decision.low <= 0:
        return False, f"{scores}: not clearly better (the difference may be chance)."
    return False, f"{scores}: {sure}, which does not exceed the margin of {_number(decision.margin)}."


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4g}"
