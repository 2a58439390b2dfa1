"""Logging of one pipeline run."""

import json
import math
import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Candidate, Evaluation, Problem, Selection, Trial
from podium_ml.settings import without_secrets
from podium_ml.tracking.store import artifact_location, open_client, public_uri
from podium_ml.values.names import registered_name

_MAX_PARAMETER = 500
# MLflow accepts 1,000 metrics, parameters and tags in one call.
_MAX_METRICS = 900


def log_run(
    delivery: Path,
    *,
    settings: dict[str, Any],
    problem: Problem,
    evaluation: Evaluation,
    selection: Selection,
    candidates: Sequence[Path],
    example: pd.DataFrame,
    tracking: dict[str, str],
) -> dict[str, str]:
    """Log parameters, metrics, charts and the model of a finished run, and register the model.

    Args:
        delivery: Folder delivered to the user.
        settings: The user's settings.
        problem: The problem.
        evaluation: Scores of every model.
        selection: The chosen model and why it was chosen.
        candidates: Folders of the candidates.
        example: A few rows in the user's own columns, used as the model's input example.
        tracking: ``folder`` (parent of the runs, for the local store), ``run_name`` and ``experiment``; all optional.

    Returns:
        ``uri``, ``experiment``, ``run_id``, ``model_name`` and ``model_version``.
    """
    folder = tracking.get("folder") or "."
    client = open_client(folder)
    import mlflow

    experiment = experiment_of(client, tracking.get("experiment") or problem.name or "podium", folder)
    run_id = _start(client, experiment, tracking.get("run_name") or delivery.parent.name)
    name = registered_name(problem.name)
    with mlflow.start_run(run_id=run_id):
        _log_parent(client, run_id, settings, problem, evaluation, selection)
        for candidate in candidates:
            _log_candidate(client, experiment, run_id, candidate)
        for path in sorted(delivery.iterdir()):
            if path.name != "model.pkl":  # it is part of the logged model
                client.log_artifact(run_id, str(path))
        from podium_ml.tracking._model import log_model

        version = log_model(delivery, problem=problem, example=example, registered_name=name)
    return {
        "uri": public_uri(folder),
        "experiment": experiment,
        "run_id": run_id,
        "model_name": name,
        "model_version": version,
    }


def experiment_of(client: Any, name: str, folder: str) -> str:
    """Return the id of an experiment, which is created if it does not exist."""
    existing = client.get_experiment_by_name(name)
    if existing is not None:
        return existing.experiment_id
    return client.create_experiment(name, artifact_location=artifact_location(folder))


def _start(client: Any, experiment: str, name: str) -> str:
    """Return the run to log to: the one that Kubeflow opened for this pipeline, or a new one."""
    if given := os.environ.get("MLFLOW_RUN_ID"):
        return given
    return client.create_run(experiment, run_name=name, tags={"podium.kind": "pipeline"}).info.run_id


def _log_parent(
    client: Any,
    run_id: str,
    settings: dict[str, Any],
    problem: Problem,
    evaluation: Evaluation,
    selection: Selection,
) -> None:
    facts = {
        "task": problem.task,
        "metric": problem.metric,
        "chosen": selection.chosen,
        "rows": problem.n_train,
    }
    tags = {"podium.chosen": selection.chosen, "podium.reason": selection.reason}
    client.log_batch(
        run_id,
        metrics=metrics_of(_chosen_scores(evaluation, selection)),
        params=_parameters({**without_secrets(settings), **facts}),
        tags=_tags(tags),
    )


def _chosen_scores(evaluation: Evaluation, selection: Selection) -> dict[str, float | None]:
    scores: dict[str, float | None] = {f"{evaluation.metric}_oof": selection.score}
    chosen = next((model for model in evaluation.models if model.chosen), None)
    for name, value in (chosen.test if chosen else {}).items():
        scores |= {
            f"{name}_test": value.value,
            f"{name}_test_low": value.low,
            f"{name}_test_high": value.high,
        }
    return scores


def _log_candidate(client: Any, experiment: str, parent: str, folder: Path) -> None:
    candidate = Candidate.load(folder / "candidate.json")
    tags = {"mlflow.parentRunId": parent, "podium.kind": "candidate", "podium.status": candidate.status}
    run_id = client.create_run(experiment, run_name=candidate.algorithm, tags=tags).info.run_id
    best = candidate.kept[0] if candidate.kept else None
    scores = {"best_score": best.score, "fit_seconds": best.fit_seconds} if best else {}
    facts: dict[str, float | None] = {**scores, "seconds": candidate.seconds, "n_trials": candidate.n_trials}
    trials = _trial_metrics(folder / "trials.jsonl")
    # Few calls, because each is a transaction of the database.
    client.log_batch(
        run_id,
        metrics=[*metrics_of(facts), *trials[:_MAX_METRICS]],
        params=_parameters({"algorithm": candidate.algorithm, **(best.parameters if best else {})}),
        tags=_tags({"podium.reason": candidate.reason}),
    )
    for start in range(_MAX_METRICS, len(trials), _MAX_METRICS):
        client.log_batch(run_id, metrics=trials[start : start + _MAX_METRICS])
    client.set_terminated(run_id, status="FINISHED" if candidate.status == "ok" else "FAILED")


def _trial_metrics(ledger: Path) -> list[Any]:
    from mlflow.entities import Metric

    if not ledger.exists():
        return []
    trials = [Trial.from_dict(json.loads(line)) for line in ledger.read_text(encoding="utf-8").splitlines()]
    now = int(time.time() * 1000)
    return [
        Metric("trial_score", trial.score, now, trial.number) for trial in trials if trial.score is not None
    ]


def metrics_of(values: Mapping[str, float | None]) -> list[Any]:
    """Return the known values as MLflow takes them."""
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    known = {name: value for name, value in values.items() if value is not None and math.isfinite(value)}
    return [Metric(re.sub(r"[^\w ./-]", "_", name), float(value), now, 0) for name, value in known.items()]


def _parameters(values: dict[str, Any]) -> list[Any]:
    from mlflow.entities import Param

    shown = {name: value for name, value in values.items() if value not in ("", None, {}, [])}
    return [Param(name, str(value)[:_MAX_PARAMETER]) for name, value in shown.items()]


def _tags(values: dict[str, str]) -> list[Any]:
    from mlflow.entities import RunTag

    return [RunTag(name, value[:_MAX_PARAMETER]) for name, value in values.items() if value]
