"""Logging and registering a single model, such as one of the leaderboard that was not chosen."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.tracking._log_run import experiment_of, metrics_of
from podium_ml.tracking.store import open_client
from podium_ml.values.names import registered_name


def log_one_model(
    delivery: Path,
    *,
    problem: Problem,
    example: pd.DataFrame,
    scores: Mapping[str, float | None],
    folder: str,
    name: str,
) -> dict[str, str]:
    """Log a model with its scores in a run of its own, and register it as a new version.

    Args:
        delivery: Folder with ``model.pkl``, and what else is to be logged beside it.
        problem: The problem that the model solves.
        example: A few rows in the user's own columns, used as the model's input example.
        scores: Its scores by name.
        folder: Parent folder of the runs, for the local store.
        name: Name of the run in the store.

    Returns:
        ``run_id``, ``model_name`` and ``model_version``.
    """
    client = open_client(folder)
    import mlflow

    experiment = experiment_of(client, problem.name or "podium", folder)
    run_id = client.create_run(experiment, run_name=name, tags={"podium.kind": "model"}).info.run_id
    registered = registered_name(problem.name)
    with mlflow.start_run(run_id=run_id):
        client.log_batch(run_id, metrics=metrics_of(scores))
        for path in sorted(delivery.iterdir()):
            if path.name != "model.pkl":
                client.log_artifact(run_id, str(path))
        from podium_ml.tracking._model import log_model

        version = log_model(delivery, problem=problem, example=example, registered_name=registered)
    return {"run_id": run_id, "model_name": registered, "model_version": version}
