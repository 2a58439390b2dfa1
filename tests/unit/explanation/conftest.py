"""Fixtures for the explanation tests: small models of a table with few informative columns."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Column, Problem
from podium_ml.kinds.features import build_feature_table
from podium_ml.models import BaggedModel
from podium_ml.splits.folds import make_folds
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.predictor import Predictor
from tests.unit.fitting import train

COLUMNS = (
    Column("amount", "numeric", "double"),
    Column("noise", "numeric", "double"),
    Column("purpose", "categorical", "string"),
    Column("since", "datetime", "timestamp[us]"),
    Column("member", "boolean", "bool"),
)


def make_table(task: str, *, rows: int = 240, seed: int = 0) -> pd.DataFrame:
    """Return rows whose target depends strongly on the amount and weakly on the purpose."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "amount": rng.normal(100, 20, rows).round(1),
            "noise": rng.normal(size=rows),
            "purpose": rng.choice(["car", "home", "study"], rows),
            "since": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, rows), unit="D"),
            "member": rng.random(rows) < 0.5,
        }
    )
    table.loc[rng.choice(rows, rows // 12, replace=False), "amount"] = np.nan
    signal = (table["amount"].fillna(100) - 100) / 20 + 0.7 * (table["purpose"] == "car")
    signal += rng.normal(scale=0.4, size=rows)
    if task == "regression":
        table["target"] = 1000 + 50 * signal
    elif task == "binary":
        table["target"] = np.where(signal > 0.2, "yes", "no")
    else:
        table["target"] = np.select([signal < -0.5, signal > 0.8], ["low", "top"], "middle")
    return table


def make_problem(task: str, table: pd.DataFrame) -> Problem:
    return Problem(
        name="loans",
        task=task,  # type: ignore[arg-type]
        target="target",
        metric={"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}[task],
        columns=(*COLUMNS, Column("target", "target", "string")),
        classes=() if task == "regression" else tuple(sorted(table["target"].unique())),
        positive_label="yes" if task == "binary" else None,
        fold_strategy="shuffled" if task == "regression" else "stratified",
        n_folds=2,
        n_train=len(table),
    )


@pytest.fixture(scope="session")
def fitted() -> Callable[..., BaggedModel]:
    """Return a function that fits an algorithm on the training table of a task, with caching."""
    known: dict[tuple[str, str], BaggedModel] = {}

    def fit(algorithm: str, task: str, **parameters: Any) -> BaggedModel:
        key = (algorithm, task)
        if key not in known:
            table = make_table(task)
            problem = make_problem(task, table)
            features = build_feature_table(Featurizer.plan(problem, table), table, problem)
            folds = make_folds(problem, y=features.y)
            known[key] = train(
                ALGORITHMS[algorithm], parameters, features, problem=problem, folds=folds, seed=0
            ).model
        return known[key]

    return fit


@pytest.fixture(scope="session")
def predictor_of() -> Callable[..., Predictor]:
    """Return a function that wraps a model in a predictor."""

    def make(model: Any, task: str, **options: Any) -> Predictor:
        table = make_table(task)
        problem = make_problem(task, table)
        sample = table[[column.name for column in COLUMNS]].head(60)
        return Predictor(
            problem, Featurizer.plan(problem, table), model, name="chosen", sample=sample, **options
        )

    return make


@pytest.fixture(scope="session")
def rows_of() -> Callable[..., pd.DataFrame]:
    """Return a function that makes rows for a task, including the target."""
    return make_table
