"""The stage that builds the features that all algorithms share."""

import math
from pathlib import Path
from typing import Any

from podium_ml.contracts import Problem
from podium_ml.errors import DataError
from podium_ml.files import pickles
from podium_ml.files.link_or_copy import link_or_copy
from podium_ml.files.tables import read_table
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.run.budget import as_seconds
from podium_ml.run.only_shown import only_shown
from podium_ml.weights import giving
from podium_ml.weights.given import FOLDER

# Share of the time limit that frozen models may take, once for all branches.
_FROZEN = 0.1


def run(
    *,
    train: str,
    problem: str,
    features: str,
    featurizer: str,
    report: str,
    weights: str = "",
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Plan the features on the training rows, build them, and list them on a page.

    Args:
        train: Parquet file of the training rows.
        problem: File of the problem.
        features: Folder to write: the feature table, and the weights beside it.
        featurizer: File to write: the featurizer, for new rows.
        report: HTML page of the features to write.
        weights: Folder of pretrained weights; empty for none.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        The numbers of ``rows``, ``columns`` and ``features``.

    Raises:
        DataError: No column is left to learn from.
    """
    task, table = Problem.load(problem), read_table(train)
    if not task.features:
        raise DataError(
            f"No column is left to learn from: of {len(table.columns)} columns, only the target can be used.",
            "Add columns, or check the guardrails for the reason why each column was left out.",
        )
    kind = KINDS[task.kind]
    seconds = _FROZEN * as_seconds(time_limit) if time_limit else math.inf
    with giving(weights, seconds=seconds):
        plan = kind.plan_features(task, table)
    feature_table = build_feature_table(plan, table, task)
    feature_table.save(features)
    if weights:
        _hand_on(Path(weights), Path(features) / FOLDER)
    pickles.dump(plan, featurizer, kind="featurizer", metadata={"features": len(plan.schema.features)})
    page = only_shown(
        lambda: kind.render_features(task, table, feature_table.X, plan.schema),
        otherwise=lambda: "<p>The features could not be shown.</p>",
    )
    Path(report).write_text(page, encoding="utf-8")
    return {"rows": len(table), "columns": len(task.features), "features": len(plan.schema.features)}


def _hand_on(weights: Path, folder: Path) -> None:
    """Put the weights beside the features, so that branches need no input more, and no way out of the cluster."""
    for path in filter(Path.is_file, weights.rglob("*")):
        target = folder / path.relative_to(weights)
        target.parent.mkdir(parents=True, exist_ok=True)
        link_or_copy(path, target)
