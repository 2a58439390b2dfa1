"""Tests of what is logged to MLflow."""

import json
from pathlib import Path

from podium_ml.contracts import Candidate, FittedTrial, Trial
from podium_ml.tracking import prepare_store
from podium_ml.tracking._log_run import _log_candidate
from podium_ml.tracking.store import open_client

_TRIALS = 1_500


def test_candidate_with_many_trials(tmp_path: Path) -> None:
    """MLflow takes at most 1,000 values in one call."""
    prepare_store(str(tmp_path))
    client = open_client(str(tmp_path))
    experiment = client.create_experiment("any", artifact_location=str(tmp_path / "files"))
    parent = client.create_run(experiment).info.run_id
    times = {"fit_seconds": 1.0, "predict_seconds": 1e-6, "size_bytes": 10}
    best = FittedTrial(number=0, parameters={"alpha": 0.5}, score=0.9, fold_scores=(0.9,), **times)
    folder = tmp_path / "ridge"
    folder.mkdir()
    candidate = Candidate("ridge", "ok", reason="x" * 600, kept=(best,), n_trials=_TRIALS, seconds=2.0)
    candidate.save(folder / "candidate.json")
    trials = [Trial("ridge", i, {}, "search", "complete", score=i / _TRIALS) for i in range(_TRIALS)]
    (folder / "trials.jsonl").write_text("\n".join(json.dumps(one.to_dict()) for one in trials))

    _log_candidate(client, experiment, parent, folder)

    logged = client.search_runs([experiment], "tags.`podium.kind` = 'candidate'")[0]
    assert logged.info.status == "FINISHED"
    assert logged.data.params == {"algorithm": "ridge", "alpha": "0.5"}
    assert logged.data.metrics["best_score"] == 0.9
    assert logged.data.metrics["n_trials"] == _TRIALS
    assert len(logged.data.tags["podium.reason"]) == 500
    assert logged.data.tags["mlflow.parentRunId"] == parent
    history = client.get_metric_history(logged.info.run_id, "trial_score")
    assert sorted(one.step for one in history) == list(range(_TRIALS))
