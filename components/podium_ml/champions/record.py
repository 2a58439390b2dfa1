"""Records what later runs need to know about a registered model."""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from podium_ml.champions import registry as tags
from podium_ml.champions.attempts import record_attempt
from podium_ml.champions.folder import SEEN_ROWS
from podium_ml.champions.registry import ModelRegistry, Version, split_reference
from podium_ml.champions.warm_start import CONFIGURATIONS, PROFILE
from podium_ml.contracts import Candidate, Decision, Profile

# Folder of these files among the artifacts of a run.
ARTIFACTS = "champion"
_LONGEST_TAG = 1000


def record(
    registry: ModelRegistry,
    version: Version,
    *,
    decision: Decision,
    profile: Profile,
    candidates: Sequence[Candidate],
    seen_rows: np.ndarray | None,
    compared_rows: np.ndarray | None,
    model: Path,
    versions: dict[str, str],
) -> None:
    """Log the files that later runs need of a version, and tag it. This does not promote the version.

    Args:
        registry: The registry.
        version: The version that was just registered.
        decision: Whether the version is to become the champion, and why.
        profile: Statistics of the training rows.
        candidates: The candidates, whose best configurations are kept.
        seen_rows: Hashes of the rows that the registered model was trained on, or ``None``.
        compared_rows: Hashes of the rows that the version was compared with the champion on, or ``None``.
        model: The registered ``model.pkl``.
        versions: ``fingerprint`` of the data and hash of the ``settings``.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        profile.save(folder / PROFILE)
        decision.save(folder / "decision.json")
        (folder / CONFIGURATIONS).write_text(json.dumps(best_configurations(candidates)), encoding="utf-8")
        if seen_rows is not None:
            np.save(folder / SEEN_ROWS, np.unique(seen_rows), allow_pickle=False)
        registry.log(version, folder, into=ARTIFACTS)
    champion = registry.version(*split_reference(decision.champion)) if decision.champion else None
    if champion is not None and compared_rows is not None:
        record_attempt(registry, champion, version, rows=compared_rows, promoted=decision.promoted)
    registry.tag(
        version,
        {
            tags.FINGERPRINT: versions.get("fingerprint", ""),
            tags.SETTINGS: versions.get("settings", ""),
            tags.DECISION: decision.word,
            tags.REASON: decision.reason[:_LONGEST_TAG],
            tags.RUN: version.run_id,
            tags.MODEL_HASH: hash_of(model),
            tags.PREVIOUS: split_reference(decision.champion)[1] if decision.promoted else "",
        },
    )


def best_configurations(candidates: Sequence[Candidate]) -> dict[str, list[dict[str, Any]]]:
    """Return the parameters of the kept trials by algorithm, best first."""
    return {one.algorithm: [trial.parameters for trial in one.kept] for one in candidates if one.kept}


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
