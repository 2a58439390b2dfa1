"""Columns that give the answer away."""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, GuardrailResult
from podium_ml.tabular.guardrails._guardrail import Guardrail, name_list
from podium_ml.tabular.guardrails._matrix import to_numbers
from podium_ml.tabular.guardrails._strength import explained_share
from podium_ml.tabular.validation.context import Context, sample_rows
from podium_ml.targets.encoding import encode_target
from podium_ml.values.hashes import hashable

_ROWS, _FEWEST_ROWS = 4_000, 50
# Columns that explain less are not looked at more closely; of the others, so many are.
_CLOSER_LOOK, _MOST_COLUMNS = 0.75, 20
# What one column alone may reach before it is suspect: AUC, balanced accuracy, R2.
_SUSPECT = {"binary": 0.98, "multiclass": 0.97, "regression": 0.98}
_MEASURE = {"binary": "AUC", "multiclass": "balanced accuracy", "regression": "R2"}
_SAME_CORRELATION = 1 - 1e-9
_FUTURE_SHARE = 0.95


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop copies of the target; point at columns that alone predict it, or that lie in the rows' future."""
    if len(context.table) < _FEWEST_ROWS:
        return guardrail.passed("Too few rows to tell a leak from chance.")
    assert context.problem is not None
    table = sample_rows(context.table, _ROWS, seed=context.settings.seed)
    y = encode_target(table[context.settings.target], context.problem)
    suspects = _suspects(context, table, y)
    copies = [name for name in suspects if _is_copy(table[name], y, context)]
    if len(copies) == len(context.features):
        copies = []  # something must be left to learn from: it may be a toy
    for name in copies:
        context.drop_column(name, "A copy of the target under another name.")
    scores = {name: score for name, score in suspects.items() if name not in copies}
    return _report(guardrail, copies, scores, _later_than_time(context, table), _MEASURE[context.task])


def _report(
    guardrail: Guardrail, copies: list[str], scores: dict[str, float], later: list[str], measure: str
) -> GuardrailResult:
    details = [{"column": name, "finding": "copy of the target, left out"} for name in copies]
    details += [{"column": name, "finding": f"{measure} {score:.4f} alone"} for name, score in scores.items()]
    details += [{"column": name, "finding": "later than the row's time"} for name in later]
    names = list(dict.fromkeys([*copies, *scores, *later]))
    if not names:
        return guardrail.passed("No single column gives the target away.")
    done = f"{name_list(copies)} left out. " if copies else ""
    if not scores and not later:
        seen = f"{name_list(copies)} repeat the target, one value for each of its values."
        return guardrail.fixed(seen, done.strip(), columns=names, details=details)
    seen = f"{name_list(names)} may give the target away."
    done += "Would these be known when a prediction is needed? If not, leave them out with --drop."
    return guardrail.alert(seen, done, columns=names, details=details)


def _suspects(context: Context, table: pd.DataFrame, y: np.ndarray) -> dict[str, float]:
    """Return the columns that alone predict the target almost perfectly, with their scores, best first."""
    scores = {}
    for column, numbers in _closer_look(context, table, y):
        if context.deadline.passed():
            break
        score = _alone(numbers, y, context.task)
        if score >= _SUSPECT[context.task]:
            scores[column.name] = score
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def _closer_look(context: Context, table: pd.DataFrame, y: np.ndarray) -> list[tuple[Column, np.ndarray]]:
    assert context.problem is not None
    half = np.random.default_rng(context.settings.seed).random(len(y)) < 0.5
    found = []
    for column in context.features:
        if column.role in ("text", "list") or context.deadline.passed():
            continue
        numbers = to_numbers(table[column.name], column.role)
        share = explained_share(numbers, y, n_classes=len(context.problem.classes), half=half)
        if share >= _CLOSER_LOOK:
            found.append((share, column, numbers))
    found.sort(key=lambda entry: -entry[0])
    return [(column, numbers) for _, column, numbers in found[:_MOST_COLUMNS]]


def _is_copy(values: pd.Series, y: np.ndarray, context: Context) -> bool:
    """Whether a column and the target stand for each other one to one, or are one number in two units."""
    if values.isna().any():
        return False
    if context.task == "regression":
        numbers = to_numbers(values, context.columns[str(values.name)].role)
        return bool(np.isfinite(numbers).all() and abs(np.corrcoef(numbers, y)[0, 1]) >= _SAME_CORRELATION)
    codes = pd.factorize(hashable(values))[0]
    pairs = len(np.unique(np.column_stack([codes, y]), axis=0))
    return bool(pairs == codes.max() + 1 == len(np.unique(y)))


def _alone(numbers: np.ndarray, y: np.ndarray, task: str) -> float:
    """Return the cross-validated score of a small tree that sees one column only."""
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    tree: Any = DecisionTreeRegressor if task == "regression" else DecisionTreeClassifier
    folds: Any = KFold if task == "regression" else StratifiedKFold
    scoring = {"binary": "roc_auc", "multiclass": "balanced_accuracy", "regression": "r2"}[task]
    filled = np.where(np.isnan(numbers), np.nanmin(numbers, initial=0.0) - 1, numbers)[:, None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = tree(max_leaf_nodes=128, min_samples_leaf=2, random_state=0)
        scores = cross_val_score(model, filled, y, cv=folds(3, shuffle=True, random_state=0), scoring=scoring)
    return float(np.nan_to_num(scores.mean()))


def _later_than_time(context: Context, table: pd.DataFrame) -> list[str]:
    """Return date columns that lie after the row's own time in nearly every row."""
    name = context.settings.time_column
    if not name or pd.api.types.is_numeric_dtype(table[name].dtype):
        return []
    own = to_numbers(table[name], "time")
    later = []
    for column in context.features:
        if column.role == "datetime":
            moments = to_numbers(table[column.name], column.role)
            known = ~np.isnan(moments)
            if known.any() and (moments[known] > own[known]).mean() > _FUTURE_SHARE:
                later.append(column.name)
    return later


SPEC = Guardrail("target_leakage", "Target leakage", "split", 10, check)
