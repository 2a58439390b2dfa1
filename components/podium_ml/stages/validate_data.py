"""The stage that settles the problem."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.champions.lessons import Lessons
from podium_ml.run.budget import stage_deadline
from podium_ml.settings.tabular import Settings
from podium_ml.tabular.validation.guardrail_page import render_guardrails
from podium_ml.tabular.validation.settle import settle


def run(
    *,
    table: str,
    settings: dict[str, Any],
    train: str,
    test: str,
    problem: str,
    profile: str,
    guardrails: str,
    guardrail_results: str,
    lessons: str = "",
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Settle the problem and set the test rows aside.

    Args:
        table: Folder of the ingested rows.
        settings: The user's wishes for the problem: fields of ``Settings``.
        train: Parquet file to write: rows to learn from.
        test: Parquet file to write: rows set aside.
        problem: File to write: the problem.
        profile: File to write: statistics of the training rows.
        guardrails: HTML page to write.
        guardrail_results: JSON list to write.
        lessons: Folder of a champion's lessons, to compare the data with those that it was trained on; may be empty.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        ``task``, ``metric``, ``train_rows``, ``test_rows``, ``alerts`` (how many) and ``guardrails`` (all results).
    """
    folder = Path(table)
    ingestion = json.loads((folder / "ingestion.json").read_text(encoding="utf-8"))
    separate = folder / "test.parquet"
    settled = settle(
        pd.read_parquet(folder / "data.parquet"),
        Settings.parse(settings),
        test=pd.read_parquet(separate) if separate.exists() else None,
        dtypes=_dtypes(ingestion),
        champion=Lessons(lessons).profile if lessons else None,
        fingerprint=ingestion.get("fingerprint", ""),
        deadline=stage_deadline("validate_data", time_limit),
    )
    settled.train.to_parquet(train, index=False)
    settled.test.to_parquet(test, index=False)
    settled.problem.save(problem)
    settled.profile.save(profile)
    results = [result.to_dict() for result in settled.results]
    Path(guardrail_results).write_text(json.dumps(results, ensure_ascii=False), encoding="utf-8")
    Path(guardrails).write_text(render_guardrails(settled.results, settled.problem), encoding="utf-8")
    return {
        "task": settled.problem.task,
        "metric": settled.problem.metric,
        "train_rows": len(settled.train),
        "test_rows": len(settled.test),
        "alerts": sum(result.outcome == "alert" for result in settled.results),
        "guardrails": results,
    }


def _dtypes(ingestion: dict[str, Any]) -> dict[str, str]:
    """Return the inferred types by column, from what ingestion recorded."""
    types = ingestion.get("types", {})
    return {str(name): str(dtype) for name, dtype in types.items()} if isinstance(types, dict) else {}
