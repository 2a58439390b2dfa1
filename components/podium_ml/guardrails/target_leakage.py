"""Columns that give the answer away."""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, GuardrailResult
from podium_ml.guardrails._guardrail import Guardrail, name_list
from podium_ml.guardrails._matrix import to_numbers
from podium_ml.validation.context import Context, sample_rows
from podium_ml.validation.targets import canonical, encode_target

_ROWS, _FEWEST_ROWS = 4_000, 50
_MOST_COLUMNS = 60
# What one column alone may reach before it is suspect: AUC, balanced accuracy, R2.
_SUSPECT = {"binary": 0.98, "multiclass": 0.97, "regression": 0.98}
_MEASURE = {"binary": "AUC", "multiclass": "balanced accuracy", "regression": "R2"}
_FUTURE_SHARE = 0.95


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop copies of the target; point at columns that alone predict it, or that lie in the rows' future."""
    if len(context.table) < _FEWEST_ROWS:
        return guardrail.passed("Too few rows to tell a leak from chance.")
    table = sample_rows(context.table, _ROWS, seed=context.settings.seed)
    copies = [c.name for c in context.features if _is_copy(table[c.name], table[context.settings.target])]
    for name in copies:
        context.drop_column(name, "A copy of the target under other names.")
    scores = _suspects(context, table)
    later = _later_than_time(context, table)
    details = [{"column": name, "finding": "copy of the target"} for name in copies]
    details += [
        {"column": n, "finding": f"{_MEASURE[context.task]} {s:.4f} alone"} for n, s in scores.items()
    ]
    details += [{"column": name, "finding": "later than the row's time"} for name in later]
    names = [*copies, *scores, *later]
    if not names:
        return guardrail.passed("No single column gives the target away.")
    done = f"{name_list(copies)} left out. " if copies else ""
    if scores or later:
        done += "Would these be known when a prediction is needed? If not, leave them out with --drop."
        return guardrail.alert(
            f"{name_list(names)} may leak the target.", done.strip(), columns=names, details=details
        )
    return guardrail.fixed(
        f"{name_list(names)} repeat the target.", done.strip(), columns=names, details=details
    )


def _is_copy(values: pd.Series, target: pd.Series) -> bool:
    """Whether a column's values and the target's stand for each other one to one."""
    if values.isna().any() or isinstance(values.iloc[0], list | np.ndarray):
        return False
    codes, others = pd.factorize(values)[0], pd.factorize(target.map(canonical))[0]
    pairs = len(set(zip(codes.tolist(), others.tolist(), strict=True)))
    distinct = codes.max() + 1
    return bool(pairs == distinct == others.max() + 1 and distinct <= len(values) / 2)


def _suspects(context: Context, table: pd.DataFrame) -> dict[str, float]:
    assert context.problem is not None
    y = encode_target(table[context.settings.target], context.problem)
    scores = {}
    for column in _likely(context, table, y):
        if context.deadline.passed():
            break
        score = _alone(to_numbers(table[column.name], column.role), y, context)
        if score >= _SUSPECT[context.task]:
            scores[column.name] = score
    return scores


def _likely(context: Context, table: pd.DataFrame, y: np.ndarray) -> list[Column]:
    """Return the columns worth a closer look: there may be thousands."""
    columns = [column for column in context.features if column.role not in ("text", "list")]
    if len(columns) <= _MOST_COLUMNS:
        return columns
    ranks = pd.Series(y).rank().to_numpy()

    def strength(column: Column) -> float:
        numbers = to_numbers(table[column.name], column.role)
        with np.errstate(all="ignore"):
            return abs(float(np.nan_to_num(np.corrcoef(pd.Series(numbers).rank().fillna(0), ranks)[0, 1])))

    return sorted(columns, key=strength, reverse=True)[:_MOST_COLUMNS]


def _alone(numbers: np.ndarray, y: np.ndarray, context: Context) -> float:
    """Return the cross-validated score of a small tree that sees one column only."""
    from sklearn.model_selection import cross_val_score
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    tree: Any = DecisionTreeRegressor if context.task == "regression" else DecisionTreeClassifier
    scoring = {"binary": "roc_auc", "multiclass": "balanced_accuracy", "regression": "r2"}[context.task]
    filled = np.where(np.isnan(numbers), np.nanmin(numbers, initial=0.0) - 1, numbers)[:, None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = tree(max_leaf_nodes=64, min_samples_leaf=5, random_state=0)
        scores = cross_val_score(model, filled, y, cv=3, scoring=scoring)
    return float(np.nan_to_num(scores.mean()))


def _later_than_time(context: Context, table: pd.DataFrame) -> list[str]:
    """Return date columns that lie after the row's own time in nearly every row."""
    if not context.settings.time_column:
        return []
    own = to_numbers(table[context.settings.time_column], "time")
    dates = [column for column in context.features if column.role == "datetime"]
    with np.errstate(invalid="ignore"):
        return [c.name for c in dates if (to_numbers(table[c.name], c.role) > own).mean() > _FUTURE_SHARE]


SPEC = Guardrail("target_leakage", "Target leakage", "split", 10, check)
