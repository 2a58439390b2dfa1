"""Train AutoGluon on the same rows and for the same time as a run, and score both on the run's test rows.

Run as ``python tests/benchmark/against_autogluon.py RUN [RUN ...] [--presets NAME]`` with an interpreter that has
``autogluon.tabular``. Podium is not needed, so it can be installed in a different environment.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

_NAMES = {"roc_auc": "roc_auc", "log_loss": "log_loss", "rmse": "root_mean_squared_error"}


def compare(run: Path, presets: str) -> dict[str, Any]:
    """Return the test scores of both systems in the run's metric, and their times in seconds."""
    from autogluon.tabular import TabularPredictor

    problem, metrics = (json.loads((run / name).read_text()) for name in ("problem.json", "metrics.json"))
    state, metric, target = json.loads((run / "run.json").read_text()), problem["metric"], problem["target"]
    seconds = state["ended"] - state["started"]
    train, test = (
        pd.read_parquet(next(run.glob(f"artifacts/**/validate-data/{name}"))) for name in ("train", "test")
    )
    train, test = train[test.columns], test.dropna(subset=[target])
    started = time.time()
    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor(target, path=folder, eval_metric=_NAMES[metric], verbosity=0)
        predictor.fit(train, time_limit=seconds, presets=presets, num_cpus=2)
        theirs = _score(predictor, test, metric, problem)
    ours = metrics["test"][metric]
    return {
        "run": run.name, "presets": presets, "metric": metric,
        "podium": ours["value"], "low": ours["low"], "high": ours["high"], "autogluon": theirs,
        "podium_seconds": round(seconds), "autogluon_seconds": round(time.time() - started),
    }  # fmt: skip


def _score(predictor: Any, test: pd.DataFrame, metric: str, problem: dict[str, Any]) -> float:
    rows, truth = test.drop(columns=problem["target"]), test[problem["target"]]
    if metric == "rmse":
        return float(np.sqrt(np.mean((predictor.predict(rows) - truth) ** 2)))
    probabilities = predictor.predict_proba(rows)
    if metric == "log_loss":
        return float(log_loss(truth, probabilities, labels=list(probabilities.columns)))
    positive = (
        probabilities.columns[-1] if problem.get("positive_label") is None else problem["positive_label"]
    )
    return float(roc_auc_score(truth.astype(str) == str(positive), probabilities[positive]))


def main() -> None:
    """Compare the runs, and print one line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--presets", default="best_quality")
    arguments = parser.parse_args()
    for run in arguments.runs:
        print(json.dumps(compare(run, arguments.presets)), flush=True)


if __name__ == "__main__":
    main()
