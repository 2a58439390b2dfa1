"""The leaderboard as a table."""

from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Evaluation, ModelScores
from podium_ml.values.formulas import without_formulas

_DIGITS = 10


def write_leaderboard(evaluation: Evaluation, path: str | Path) -> pd.DataFrame:
    """Write one row per model, with the best out-of-fold score first. Equal runs write equal scores.

    Args:
        evaluation: The evaluation.
        path: CSV file.
    """
    names = [evaluation.metric, *_other_metrics(evaluation)]
    rows = [
        _row(rank, model, evaluation.metric, names) for rank, model in enumerate(evaluation.models, start=1)
    ]
    table = pd.DataFrame(rows)
    without_formulas(table).to_csv(path, index=False)
    return table


def _other_metrics(evaluation: Evaluation) -> list[str]:
    names = {name for model in evaluation.models for name in model.test}
    return sorted(names - {evaluation.metric})


def _row(rank: int, model: ModelScores, metric: str, names: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "rank": rank,
        "model": model.name,
        "status": model.status,
        f"{metric}_oof": _round(model.oof_score),
    }
    for name in names:
        value = model.test.get(name)
        row[f"{name}_test"] = _round(value.value) if value else None
        if name == metric:
            row[f"{name}_test_low"] = _round(value.low) if value else None
            row[f"{name}_test_high"] = _round(value.high) if value else None
    return row | {
        "fit_seconds": round(model.fit_seconds, 3),
        "predict_ms": round(model.predict_milliseconds, 3),
        "size_bytes": model.size_bytes,
        "columns": model.n_columns,
        "n_trials": model.n_trials,
        "tied": model.tied,
        "chosen": model.chosen,
        "reason": model.reason,
    }


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")
