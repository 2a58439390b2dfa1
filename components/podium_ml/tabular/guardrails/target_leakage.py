"""Columns that reveal the target."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from podium_ml.contracts import Column, GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.guardrails._matrix import to_numbers
from podium_ml.tabular.guardrails._strength import rank_strength
from podium_ml.tabular.validation.context import Context
from podium_ml.targets import encode_target
from podium_ml.values.hashes import hashable

_ROWS, _FEWEST_ROWS = 4_000, 50
# Columns that rank the rows at least this well (see ``rank_strength``) are examined more closely, up to this number.
_CLOSER_LOOK = {"binary": 0.93, "multiclass": 0.93, "regression": 0.75}
_MOST_COLUMNS = 20
_MOST_LABELS = 10
# A single column is suspect if it reaches this score.
_SUSPECT = {"binary": 0.98, "multiclass": 0.97, "regression": 0.98}
_MEASURE = {"binary": "AUC", "multiclass": "balanced accuracy", "regression": "R2 of ranks"}
# With fewer rows of a class, a column may rank them first by chance.
_FEWEST_OF_A_CLASS = 10
_SAME_CORRELATION = 1 - 1e-9
_FUTURE_SHARE = 0.95


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop copies of the target; report columns that predict it on their own, or that lie in the rows' future."""
    if len(context.table) < _FEWEST_ROWS:
        return guardrail.passed("Not checked: there are too few rows to distinguish a leak from chance.")
    assert context.problem is not None
    table = _sample(context)
    y = encode_target(table[context.settings.target], context.problem)
    suspects: dict[str, float] = {}
    copies: list[str] = []
    for question in _questions(context, y):
        found = _suspects(context, table, question)
        copies += [name for name in found if _is_copy(table[name], question, context) and name not in copies]
        suspects = {
            name: max(score, suspects.get(name, 0.0)) for name, score in {**suspects, **found}.items()
        }
    if len(copies) == len(context.features):
        copies = []  # some column must be left; this may be a toy problem
    for name in copies:
        context.drop_column(name, "A copy of the target under another name.")
    scores = {name: score for name, score in suspects.items() if name not in copies}
    return _report(guardrail, copies, scores, _later_than_time(context, table), _MEASURE[_task(context)])


def _report(
    guardrail: Guardrail, copies: list[str], scores: dict[str, float], later: list[str], measure: str
) -> GuardrailResult:
    details = [{"column": name, "finding": "copy of the target, dropped"} for name in copies]
    details += [
        {"column": name, "finding": f"{measure} {score:.4f} on its own"} for name, score in scores.items()
    ]
    details += [{"column": name, "finding": "later than the row's time"} for name in later]
    names = list(dict.fromkeys([*copies, *scores, *later]))
    if not names:
        return guardrail.passed("No single column reveals the target.")
    done = f"Dropped {name_list(copies)}. " if copies else ""
    if not scores and not later:
        seen = f"Copies of the target, value for value: {name_list(copies)}."
        return guardrail.fixed(seen, done.strip(), columns=names, details=details)
    seen = f"Columns that may reveal the target: {name_list(names)}."
    done += "If these columns are not known at prediction time, drop them with --drop."
    return guardrail.alert(seen, done, columns=names, details=details)


def _sample(context: Context) -> pd.DataFrame:
    """Return some rows, as many of each class as possible, because rare classes matter as much as frequent ones."""
    table, strata = context.table, context.strata()
    if strata is None or len(table) <= _ROWS:
        return context.sample(_ROWS)
    order = np.random.default_rng(context.settings.seed).permutation(len(table))
    place = pd.Series(strata[order]).groupby(strata[order]).cumcount().to_numpy()
    return table.iloc[np.sort(order[np.argsort(place, kind="stable")[:_ROWS]])]


def _questions(context: Context, y: np.ndarray) -> list[np.ndarray]:
    """Return what a column may reveal: the target, or each of the most frequent labels of sets."""
    if context.target_type != "label_sets":
        return [y]
    order = np.argsort(-y.sum(axis=0), kind="stable")[:_MOST_LABELS]
    return [y[:, label] for label in order if 0 < y[:, label].sum() < len(y)]


def _task(context: Context) -> str:
    return "binary" if context.target_type == "label_sets" else context.task


def _n_classes(context: Context) -> int:
    assert context.problem is not None
    return 2 if context.target_type == "label_sets" else len(context.problem.classes)


def _suspects(context: Context, table: pd.DataFrame, y: np.ndarray) -> dict[str, float]:
    """Return the columns that predict the target almost perfectly on their own, with their scores, best first."""
    scores = {}
    for column, numbers in _closer_look(context, table, y):
        if context.deadline.passed():
            break
        score = _score_alone(numbers, y, _task(context))
        if score >= _SUSPECT[_task(context)]:
            scores[column.name] = score
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def _closer_look(context: Context, table: pd.DataFrame, y: np.ndarray) -> list[tuple[Column, np.ndarray]]:
    assert context.problem is not None
    half = np.random.default_rng(context.settings.seed).random(len(y)) < 0.5
    found = []
    for column in context.features:
        if column.role in ("text", "list", "image") or context.deadline.passed():
            continue
        numbers = to_numbers(table[column.name], column.role)
        strength = rank_strength(numbers, y, n_classes=_n_classes(context), half=half)
        if strength >= _CLOSER_LOOK[_task(context)]:
            found.append((strength, column, numbers))
    found.sort(key=lambda entry: -entry[0])
    return [(column, numbers) for _, column, numbers in found[:_MOST_COLUMNS]]


def _is_copy(values: pd.Series, y: np.ndarray, context: Context) -> bool:
    """Whether a column maps to the target one to one, or is the same number in another unit."""
    if values.isna().any():
        return False
    if context.target_type == "values":
        numbers = to_numbers(values, context.columns[str(values.name)].role)
        return bool(np.isfinite(numbers).all() and abs(np.corrcoef(numbers, y)[0, 1]) >= _SAME_CORRELATION)
    codes = pd.factorize(hashable(values))[0]
    pairs = len(np.unique(np.column_stack([codes, y]), axis=0))
    return bool(pairs == codes.max() + 1 == len(np.unique(y)))


def _score_alone(numbers: np.ndarray, y: np.ndarray, task: str) -> float:
    """Return the cross-validated score of a small tree on one column, or that of the column's own order if better."""
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    options: dict[str, Any] = {"max_leaf_nodes": 128, "min_samples_leaf": 2, "random_state": 0}
    values = task == "regression"
    model: Any = (
        DecisionTreeRegressor(**options)
        if values
        else DecisionTreeClassifier(class_weight="balanced", **options)
    )
    folds: Any = KFold if values else StratifiedKFold
    scoring = {"binary": "roc_auc", "multiclass": "balanced_accuracy", "regression": "r2"}[task]
    filled = np.where(np.isnan(numbers), np.nanmin(numbers, initial=0.0) - 1, numbers)
    goal = rankdata(y) if values else y
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = cross_val_score(
            model, filled[:, None], goal, cv=folds(3, shuffle=True, random_state=0), scoring=scoring
        )
    return max(float(np.nan_to_num(scores.mean())), _own_order(numbers, y, task))


def _own_order(numbers: np.ndarray, y: np.ndarray, task: str) -> float:
    """Return how well the column's own values order the rows, rising or falling; nothing is fitted.

    A tree cannot show this for rare classes, because it has too few rows to find the order.
    """
    known = ~np.isnan(numbers)
    if task == "multiclass" or not known.all():
        return 0.0
    if task == "regression":
        with np.errstate(all="ignore"):
            return float(np.nan_to_num(np.corrcoef(rankdata(numbers), rankdata(y))[0, 1] ** 2))
    positive = y == 1
    few = min(positive.sum(), (~positive).sum())
    if few < _FEWEST_OF_A_CLASS:
        return 0.0
    below = rankdata(numbers)[positive].sum() - positive.sum() * (positive.sum() + 1) / 2
    area = float(below / (positive.sum() * (~positive).sum()))
    return max(area, 1 - area)


def _later_than_time(context: Context, table: pd.DataFrame) -> list[str]:
    """Return date columns that are later than the row's own time in nearly every row."""
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
