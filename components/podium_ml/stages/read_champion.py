"""The stage that fetches the champion for the comparison."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from podium_ml.champions.attempts import CHALLENGES as RECORDED
from podium_ml.champions.folder import CHALLENGES, MODEL, SEEN_ROWS, ChampionFolder
from podium_ml.champions.record import ARTIFACTS, hash_of
from podium_ml.champions.registry import MODEL_HASH, ModelRegistry, Version
from podium_ml.contracts import Champion, Problem
from podium_ml.errors import PodiumError

_PROBLEM, _METRICS = "problem.json", "metrics.json"


def run(*, champion: str, registry: str, folder: str) -> dict[str, Any]:
    """Download a registered version, with the hashes of the rows that it was trained on and challenged on.

    The model is not loaded here, and later only after ``podium_ml.files.pickles`` has checked the file.

    Args:
        champion: Name and version, like ``"churn/7"``; empty if there is no champion.
        registry: Folder of the local registry; empty for the server that the environment names.
        folder: Folder to write, which ``ChampionFolder`` reads.

    Returns:
        ``champion``, which may be empty.

    Raises:
        PodiumError: The registry cannot be reached, or the version was not registered by a run of Podium.
    """
    target = ChampionFolder(folder)
    if not champion:
        target.write_champion(None)
        return {"champion": ""}
    known = ModelRegistry(registry or ".")
    version = known.expect(champion)
    with tempfile.TemporaryDirectory() as temporary:
        target.write_champion(_describe(known, version, Path(temporary)))
        known.fetch(version, (SEEN_ROWS,), target.path, of=ARTIFACTS)
        known.fetch_all(version, target.path / CHALLENGES, of=RECORDED)
        _fetch_model(known, version, target, Path(temporary))
    return {"champion": champion}


def _describe(registry: ModelRegistry, version: Version, folder: Path) -> Champion:
    registry.fetch(version, (_PROBLEM, _METRICS), folder)
    for name in (_PROBLEM, _METRICS):
        _expect(version, name, is_there=(folder / name).exists())
    test = json.loads((folder / _METRICS).read_text(encoding="utf-8")).get("test", {})
    metrics = {name: facts.get("value") for name, facts in test.items()}
    return Champion(version.name, version.number, version.run_id, Problem.load(folder / _PROBLEM), metrics)


def _fetch_model(registry: ModelRegistry, version: Version, target: ChampionFolder, folder: Path) -> None:
    models = list(registry.fetch_model(version, folder / "model").rglob(MODEL))
    _expect(version, MODEL, is_there=bool(models))
    if hash_of(models[0]) == version.tags.get(MODEL_HASH):
        shutil.move(models[0], target.path / MODEL)
    else:  # Without a model there is no comparison, and the report will say so.
        print(f"The model of {version.reference} is not the one that was registered, so it is left out.")


def _expect(version: Version, name: str, *, is_there: bool) -> None:
    if not is_there:
        raise PodiumError(f"The champion {version.reference} contains no {name}: Podium did not register it.")
