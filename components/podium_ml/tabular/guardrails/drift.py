"""Whether test rows look like training rows (adversarial validation)."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.guardrails._matrix import to_matrix
from podium_ml.tabular.validation.context import Context
from podium_ml.values.row_roles import read_groups
from podium_ml.values.samples import sampled

_ROWS, _FEWEST_ROWS = 2_000, 50
# With fewer groups on a side, any two samples of groups differ.
_FEWEST_GROUPS = 5
_MOST_COLUMNS = 300
# An AUC from which on the rows differ, and by how many standard errors it must differ from chance.
_DRIFTED, _STANDARD_ERRORS = 0.7, 2.5
_SECONDS = 2.0


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Train a model to distinguish test from training rows; if it can, scores on one say little about the other."""
    settings, test = context.settings, context.test
    if not (context.separate_test or settings.time_column or settings.group_column):
        return guardrail.passed("Not checked: the test rows were drawn at random.")
    if (
        test is None
        or min(len(test), len(context.table)) < _FEWEST_ROWS
        or context.deadline.remaining() < _SECONDS
    ):
        return guardrail.passed("Not checked: too few rows or too little time.")
    columns = [c for c in context.features if c.role not in ("text", "list", "image", "time")][:_MOST_COLUMNS]
    if not columns:
        return guardrail.passed("Not checked: there is no column to compare.")
    parts = [sampled(part, _ROWS, seed=settings.seed) for part in (context.table, test)]
    side = np.repeat([0, 1], [len(part) for part in parts])
    both = pd.concat(parts, ignore_index=True)
    unit = read_groups(both[settings.group_column]) if settings.group_column else np.arange(len(both))
    units = [len(np.unique(unit[side == one])) for one in (0, 1)]
    if min(units) < _FEWEST_GROUPS:
        return guardrail.passed(
            f"Not checked: fewer than {_FEWEST_GROUPS} groups in the training or test rows."
        )
    score, importance = _distinguish(to_matrix(both, columns), side, unit, seed=settings.seed)
    seen = f"A model distinguishes test rows from training rows with an AUC of {score:.2f} (0.5 is chance)."
    if settings.group_column:
        seen += " It was asked about groups that it had not seen."
    if score < max(_DRIFTED, 0.5 + _STANDARD_ERRORS * _standard_error(*units)):
        return guardrail.passed(seen)
    order = np.argsort(-importance)[:5]
    names = [columns[i].name for i in order if importance[i] > 0]
    return guardrail.alert(
        f"{seen} They differ most in {name_list(names, most=3)}.",
        "The test scores hold for data like the test rows; expect different scores on other data.",
        columns=names,
        details=({"column": columns[i].name, "importance": round(float(importance[i]), 3)} for i in order),
    )


def _distinguish(X: np.ndarray, side: np.ndarray, unit: np.ndarray, *, seed: int) -> tuple[float, np.ndarray]:
    """Return the AUC on units (rows or groups) that the model had not seen, and the importance of the columns.

    Rows of one group are alike and lie on one side, so a model that has seen a group knows the side of its other rows.
    """
    from lightgbm import LGBMClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    alone = len(np.unique(unit)) == len(unit)
    folds = (StratifiedKFold if alone else StratifiedGroupKFold)(3, shuffle=True, random_state=seed)
    guesses, importance = np.zeros(len(side)), np.zeros(X.shape[1])
    for train, valid in folds.split(X, side, None if alone else unit):
        model = LGBMClassifier(
            n_estimators=60, num_leaves=15, importance_type="gain", n_jobs=1, random_state=seed, verbosity=-1
        )
        model.fit(X[train], side[train])
        guesses[valid] = model.booster_.predict(X[valid])
        importance += model.feature_importances_
    return float(roc_auc_score(side, guesses)), importance / max(importance.sum(), 1e-12)


def _standard_error(first: int, second: int) -> float:
    """Return the standard error of the AUC of two samples without a difference (Mann and Whitney 1947)."""
    return float(np.sqrt((first + second + 1) / (12 * first * second)))


SPEC = Guardrail("drift", "Drift between training and test", "split", 20, check)
