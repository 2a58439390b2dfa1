"""Runs the stages of ``validate_data``: ingestion, the reference model, pretrained weights, and validation."""

import tempfile
from typing import Any

from podium_components.supervision import run_stage


def ingest_and_validate(
    *,
    kind: str,
    source: dict[str, Any],
    settings: dict[str, Any],
    reference: dict[str, Any],
    validation: str,
    weights: str,
    time_limit: str,
    **outputs: Any,
) -> dict[str, Any]:
    """Read the data into a temporary folder, and validate it there.

    Args:
        kind: Kind of problem.
        source: Arguments of ``ingest_data``.
        settings: The kind's ``problem_settings``.
        reference: ``reference`` and ``registry`` of a champion trained on other data.
        validation: Folder to write.
        weights: Folder to write: pretrained weights.
        time_limit: Wall-clock limit of the whole run.
        **outputs: The other arguments of the stage ``validate_data``.

    Returns:
        What the stages returned.
    """
    with tempfile.TemporaryDirectory(prefix="podium-") as table:
        ingested = run_stage("ingest_data", alone=True, table=table, settings=settings, kind=kind, **source)
        run_stage("read_warm_start", folder=f"{validation}/warm_start", **reference)
        fetched = run_stage("fetch_weights", kind=kind, settings=settings, weights=weights)
        validated = run_stage(
            "validate_data",
            alone=True,
            kind=kind,
            table=table,
            settings={**settings, **fetched["weights"]},
            validation=validation,
            weights=weights,
            time_limit=time_limit,
            **outputs,
        )
    return {**ingested, **fetched, **validated}
