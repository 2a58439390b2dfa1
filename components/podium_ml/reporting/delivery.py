"""The folder of result files that a run delivers."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.evaluation.label_doubts import ERRORS, NEXT
from podium_ml.files.link_or_copy import link_or_copy
from podium_ml.reporting.model_facts import model_facts
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.values.formulas import without_formulas

MODELS = "models.json"


def write_delivery(facts: RunFacts, folder: Path, *, model: Path, evaluation: str) -> None:
    """Write the model, scores, trial ledger and other results into one folder.

    Args:
        facts: The run.
        folder: Folder to write to; created if it does not exist.
        model: File of the model to hand over.
        evaluation: Folder of the evaluation.
    """
    folder.mkdir(parents=True, exist_ok=True)
    link_or_copy(model, folder / "model.pkl")
    for name in ("leaderboard.csv", *(["predictions.parquet"] if facts.problem.examples else [])):
        shutil.copyfile(Path(evaluation) / name, folder / name)
    for name in (ERRORS, NEXT):
        if facts.problem.examples and (path := Path(evaluation) / name).exists():
            shutil.copyfile(path, folder / name)
    facts.problem.save(folder / "problem.json")
    facts.selection.save(folder / "selection.json")
    lines = (json.dumps(trial.to_dict(), ensure_ascii=False) for trial in facts.trials)
    (folder / "trials.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    _write_json(folder / "guardrails.json", [result.to_dict() for result in facts.guardrails])
    _write_json(folder / "metrics.json", _metrics(facts))
    _write_json(folder / MODELS, model_facts(facts))
    if facts.decision is not None:
        facts.decision.save(folder / "decision.json")
    importance = [
        {
            "column": one.column,
            "importance": one.importance,
            "std": one.std,
            "shap": one.shap,
            "kind": facts.explanation.importance_kind,
        }
        for one in facts.explanation.columns
    ]
    columns = ["column", "importance", "std", "shap", "kind"]
    without_formulas(pd.DataFrame(importance, columns=columns)).to_csv(folder / "importance.csv", index=False)


def _metrics(facts: RunFacts) -> dict[str, Any]:
    """Return the chosen model's scores, measured on the evaluated model before any refit."""
    chosen = next(model for model in facts.evaluation.models if model.chosen)
    return {
        "model": chosen.name,
        "metric": facts.problem.metric,
        "out_of_fold": facts.selection.score,
        "test_rows": facts.evaluation.rows,
        "test": {
            name: {"value": value.value, "low": value.low, "high": value.high}
            for name, value in chosen.test.items()
        },
        "refitted": bool(facts.refit.get("refitted")),
        "refit": str(facts.refit.get("reason", "")),
        "seconds": facts.seconds,
    }


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
