"""Rows whose label contradicts similar rows."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.guardrails._matrix import to_matrix
from podium_ml.tabular.validation.context import Context
from podium_ml.targets import encode_target
from podium_ml.values.samples import sampled

_ROWS, _FEWEST_ROWS = 4_000, 100
_MOST_CLASSES, _MOST_COLUMNS = 30, 300
_UNLIKELY, _CERTAIN = 0.05, 0.95
_SECONDS = 4.0
# Most tables have a few such rows; only a larger share of the examined rows is worth an alert.
_MANY = 0.005


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """List rows whose label is almost impossible according to an out-of-fold model (Northcutt et al., 2021)."""
    problem = context.problem
    assert problem is not None
    if (
        context.target_type != "labels"
        or len(problem.classes) > _MOST_CLASSES
        or len(context.table) < _FEWEST_ROWS
    ):
        return guardrail.passed(
            "Not checked: the target is no single class or has many classes, or there are too few rows."
        )
    if context.deadline.remaining() < _SECONDS:
        return guardrail.passed("Not checked: too little time.")
    table = sampled(context.table, _ROWS, seed=context.settings.seed)
    columns = [column for column in context.features if column.role not in ("text", "list", "image")][
        :_MOST_COLUMNS
    ]
    if not columns:
        return guardrail.passed("Not checked: there are only text and list columns.")
    y = encode_target(table[problem.target], problem)
    raw = _out_of_fold(to_matrix(table, columns), y, len(problem.classes), seed=problem.seed)
    own = raw[np.arange(len(y)), y]
    # Relative to the class frequency, because a rare class is unlikely everywhere.
    frequency = np.bincount(y, minlength=len(problem.classes)) / len(y)
    suspects = np.flatnonzero((own < _UNLIKELY * frequency[y]) & (raw.max(axis=1) > _CERTAIN))
    if not len(suspects):
        return guardrail.passed("No label contradicts similar rows.")
    details = [
        {
            "training row": int(table.index[i]) + 1,
            "label": str(problem.classes[y[i]]),
            "expected": str(problem.classes[int(raw[i].argmax())]),
            "probability of its label": round(float(own[i]), 4),
        }
        for i in suspects[np.argsort(own[suspects])]
    ]
    seen = (
        f"{len(suspects)} of {len(table)} examined rows have a label that is very unlikely for similar rows."
    )
    if len(suspects) <= _MANY * len(table):
        return guardrail.passed(f"{seen} This share is not unusual.", details=details)
    return guardrail.alert(
        seen,
        "They were kept; check whether they are correct.",
        columns=[problem.target],
        details=details,
    )


def _out_of_fold(X: np.ndarray, y: np.ndarray, n_classes: int, *, seed: int) -> np.ndarray:
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.model_selection import KFold

    raw = np.zeros((len(y), n_classes))
    filled = np.nan_to_num(X, nan=-1e9)
    for train, valid in KFold(3, shuffle=True, random_state=seed).split(filled):
        model = ExtraTreesClassifier(n_estimators=60, min_samples_leaf=3, n_jobs=1, random_state=seed)
        model.fit(filled[train], y[train])
        raw[np.ix_(valid, model.classes_)] = model.predict_proba(filled[valid])
    return raw


SPEC = Guardrail("label_noise", "Doubtful labels", "split", 30, check)
