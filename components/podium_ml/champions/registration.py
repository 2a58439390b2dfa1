"""Registers a model of the leaderboard that was not chosen, so that it can be made champion."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from podium_ml.champions.folder import METRICS, MODEL, PROBLEM
from podium_ml.champions.record import record
from podium_ml.champions.registry import ModelRegistry, Version
from podium_ml.contracts import Candidate, Decision, Profile
from podium_ml.tracking import log_one_model

_ROWS = 5


def register_model(
    predictor: Any,
    *,
    run: str,
    folder: str,
    scores: dict[str, dict[str, float | None]],
    profile: Profile,
    candidates: Sequence[Candidate],
    seen_rows: np.ndarray | None,
) -> Version:
    """Register a model as a new version, signed like those that runs register. The champion stays.

    Args:
        predictor: The model.
        run: Name of the run that it is from.
        folder: Parent folder of the runs, for the local registry.
        scores: Its scores on the test rows: ``value``, ``low`` and ``high`` by metric.
        profile: Statistics of the training rows.
        candidates: The candidates, whose best configurations are kept.
        seen_rows: Hashes of the rows that later comparisons must not use, or ``None``.

    Raises:
        PodiumError: The registry cannot be reached.
    """
    problem = predictor.problem
    with tempfile.TemporaryDirectory(prefix="podium-") as name:
        delivery = Path(name)
        predictor.save(delivery / MODEL)
        problem.save(delivery / PROBLEM)
        facts = {"model": predictor.name, "metric": problem.metric, "test": scores}
        (delivery / METRICS).write_text(json.dumps(facts), encoding="utf-8")
        logged = log_one_model(
            delivery,
            problem=problem,
            example=_example(predictor),
            scores={f"{metric}_test": one["value"] for metric, one in scores.items()},
            folder=folder,
            name=f"{run} {predictor.name}",
        )
        registry = ModelRegistry(folder)
        version = Version(logged["model_name"], logged["model_version"], logged["run_id"])
        record(
            registry,
            version,
            decision=Decision(False, "It was registered by hand.", predictor.name, promote="never"),
            profile=profile,
            candidates=candidates,
            seen_rows=seen_rows,
            compared_rows=None,
            delivery=delivery,
            versions={},
        )
    return version


def _example(predictor: Any) -> Any:
    """Return a few rows to predict: some that the model keeps, or of the future if it forecasts."""
    make = getattr(predictor, "example_rows", None)
    return predictor.sample.head(_ROWS) if make is None else make(_ROWS)
