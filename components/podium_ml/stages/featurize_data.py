"""The stage that makes the features that every algorithm shares."""

from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.errors import DataError
from podium_ml.files import pickles
from podium_ml.tabular.features import Featurizer, build_feature_table
from podium_ml.tabular.features.report import render_feature_report


def run(*, train: str, problem: str, features: str, featurizer: str, report: str) -> dict[str, Any]:
    """Plan features on the training rows, make them, and say what they are.

    Args:
        train: Parquet file of the training rows.
        problem: File of the problem.
        features: Output folder: the feature table.
        featurizer: Output file: the featurizer, for new rows.
        report: Output file: HTML page of the features.

    Returns:
        Numbers of rows, columns and features.

    Raises:
        DataError: No column is left to learn from.
    """
    task, table = Problem.load(problem), pd.read_parquet(train)
    if not task.features:
        raise DataError(
            f"No column is left to learn from: of {len(table.columns)} columns none but the target can be used.",
            "Add columns, or look at the guardrails for why each was left out.",
        )
    plan = Featurizer.plan(task, table)
    feature_table = build_feature_table(plan, table, task)
    feature_table.save(features)
    pickles.dump(plan, featurizer, kind="featurizer", metadata={"features": len(plan.schema.features)})
    page = render_feature_report(task, table, feature_table.X, plan.schema)
    Path(report).write_text(page, encoding="utf-8")
    return {"rows": len(table), "columns": len(task.features), "features": len(plan.schema.features)}
