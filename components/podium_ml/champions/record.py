"""Records what later runs need to know about a registered model."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from podium_ml.champions import registry as tags
from podium_ml.champions.attempts import record_attempt
from podium_ml.champions.folder import METRICS, MODEL, PROBLEM, SEEN_ROWS
from podium_ml.champions.keys import SIGNING_VARIABLE
from podium_ml.champions.registry import ModelRegistry, Version, split_reference
from podium_ml.champions.signatures import hash_of, sign
from podium_ml.champions.warm_start import CONFIGURATIONS, PROFILE
from podium_ml.contracts import Candidate, Decision, Profile
from podium_ml.errors import PodiumError

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
    delivery: Path,
    versions: dict[str, str],
    own_key: bool = True,
) -> None:
    """Log the files that later runs need of a version, sign and tag it. This does not promote the version.

    Args:
        registry: The registry.
        version: The version that was just registered.
        decision: Whether the version is to become the champion, and why.
        profile: Statistics of the training rows.
        candidates: The candidates, whose best configurations are kept.
        seen_rows: Hashes of the rows that the registered model was trained on, or ``None``.
        compared_rows: Hashes of the rows that the version was compared with the champion on, or ``None``.
        delivery: Folder with the registered ``model.pkl``, ``problem.json`` and ``metrics.json``.
        versions: ``fingerprint`` of the data and hash of the ``settings``.
        own_key: Whether to make a key in the user's own folder if there is none to sign with.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        profile.save(folder / PROFILE)
        decision.save(folder / "decision.json")
        (folder / CONFIGURATIONS).write_text(json.dumps(best_configurations(candidates)), encoding="utf-8")
        if seen_rows is not None:
            np.save(folder / SEEN_ROWS, np.unique(seen_rows), allow_pickle=False)
        registry.log(version, folder, into=ARTIFACTS)
        files = {name: delivery / name for name in (MODEL, PROBLEM, METRICS)}
        signature = _signature(version, {**files, SEEN_ROWS: folder / SEEN_ROWS}, own_key=own_key)
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
            tags.MODEL_HASH: hash_of(delivery / MODEL),
            tags.SIGNATURE: signature,
            tags.PREVIOUS: split_reference(decision.champion)[1] if decision.promoted else "",
        },
    )


def _signature(version: Version, files: dict[str, Path], *, own_key: bool) -> str:
    """Return the signature of a version. Without a usable key it is published unsigned, and the log says so."""
    try:
        signature = sign(version, files, make_key=own_key)
        why = "" if signature else f"{SIGNING_VARIABLE} is not set. `podium keys --new` makes a key."
    except PodiumError as error:
        signature, why = "", str(error)
    if why:
        print(f"{version.reference} is not signed, so later runs will not load it as champion: {why}")
    return signature


def best_configurations(candidates: Sequence[Candidate]) -> dict[str, list[dict[str, Any]]]:
    """Return the parameters of the kept trials by algorithm, best first."""
    return {one.algorithm: [trial.parameters for trial in one.kept] for one in candidates if one.kept}
