"""The stage that builds the features that all algorithms share."""

from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.errors import DataError
from podium_ml.files import pickles
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.run.only_shown import only_shown


def run(*, train: str, problem: str, features: str, featurizer: str, report: str) -> dict[str, Any]:
    """Plan the features on the training rows, build them, and list them on a page.

    Args:
        train: Parquet file of the training rows.
        problem: File of the problem.
        features: Folder to write: the feature table.
        featurizer: File to write: the featurizer, for new rows.
        report: HTML page of the features to write.

    Returns:
        The numbers of ``rows``, ``columns`` and ``features``.

    Raises:
        DataError: No column is left to learn from.
    """
    task, table = Problem.load(problem), pd.read_parquet(train)
    if not task.features:
        raise DataError(
            f"No column is left to learn from: of {len(table.columns)} columns, only the target can be used.",
            "Add columns, or check the guardrails for the reason why each column was left out.",
        )
    kind = KINDS[task.kind]
    plan = kind.plan_features(task, table)
    feature_table = build_feature_table(plan, table, task)
    feature_table.save(features)
    pickles.dump(plan, featurizer, kind="featurizer", metadata={"features": len(plan.schema.features)})
    page = only_shown(
        lambda: kind.render_features(task, table, feature_table.X, plan.schema),
        otherwise=lambda: "<p>The features could not be shown.</p>",
    )
    Path(report).write_text(page, encoding="utf-8")
    return {"rows": len(table), "columns": len(task.features), "features": len(plan.schema.features)}
