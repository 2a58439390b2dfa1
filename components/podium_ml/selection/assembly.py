"""Makes the predictor of a contender: its model, what corrects its predictions, and its preprocessing."""

from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.contracts.targets import Targets
from podium_ml.files.requirements import requirements_of
from podium_ml.files.tables import read_table
from podium_ml.kinds import KINDS, Featurizer
from podium_ml.metrics import problem_metric
from podium_ml.selection.model_store import Contender, ModelStore
from podium_ml.selection.summary_rows import summary_rows
from podium_ml.splits.cross_fit import cross_fit_folds
from podium_ml.targets import Corrections, target_of

_SAMPLE_ROWS = 100


def make_predictor(
    contender: Contender,
    store: ModelStore,
    *,
    problem: Problem,
    featurizer: Featurizer,
    corrections: Corrections,
    sample: pd.DataFrame,
) -> Any:
    """Return the predictor of a contender.

    Args:
        contender: The model to hand over.
        store: Where its members are.
        problem: The problem.
        featurizer: The features.
        corrections: Its own; see ``corrections_of``.
        sample: Rows that it keeps; see ``kept_rows``.
    """
    fitted = store.model(contender)
    kind = KINDS[problem.kind]
    modules = {module for name, _ in contender.members for module in kind.algorithms[name].models_require}
    return kind.make_predictor(
        problem,
        featurizer,
        fitted,
        name=contender.name,
        calibrator=corrections.calibrator,
        threshold=corrections.threshold,
        sample=sample,
        requirements=requirements_of(
            (featurizer, fitted), modules={*modules, *kind.prediction_modules(problem)}
        ),
    )


def corrections_of(oof: OutOfFold, targets: Targets, problem: Problem) -> Corrections:
    """Return corrections that improve the out-of-fold predictions, cross-fitted so that the score stays unbiased."""
    return target_of(problem).correct(
        oof.values,
        targets.of_rows(oof.rows),
        problem=problem,
        metric=problem_metric(problem),
        folds=cross_fit_folds(problem, targets, oof.rows),
    )


def sample_rows(train: str | Path, problem: Problem) -> pd.DataFrame:
    """Return some training rows, of which a file holds all, with the columns that models may learn from."""
    rows = read_table(train, columns=[column.name for column in problem.features])
    return rows.sample(n=min(_SAMPLE_ROWS, len(rows)), random_state=problem.seed).reset_index(drop=True)


def kept_rows(sample: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Return the rows that a predictor keeps: summaries, if it may hold no rows of the data."""
    return sample if problem.examples else summary_rows(sample, problem)
