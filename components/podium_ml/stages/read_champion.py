"""The stage that fetches the champion, to be challenged."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from podium_ml.champions.folder import MODEL, SEEN_ROWS, ChampionFolder
from podium_ml.champions.record import ARTIFACTS, hash_of
from podium_ml.champions.registry import MODEL_HASH, Registry, Version
from podium_ml.contracts import Champion, Problem
from podium_ml.errors import PodiumError


def run(*, champion: str, registry: str, folder: str) -> dict[str, Any]:
    """Download a registered version, with the hashes of its rows.

    The model is not loaded here, and later only after ``podium_ml.pickles`` has looked at it.

    Args:
        champion: Name and version, like ``"churn/7"``; empty if there is no champion.
        registry: Folder of the local registry; empty for the server that the environment names.
        folder: Folder to write, as ``ChampionFolder`` reads it.

    Returns:
        ``champion``, or nothing in it.

    Raises:
        PodiumError: The registry cannot be reached, or the version is not one that a run of Podium registered.
    """
    target = ChampionFolder(folder)
    if not champion:
        target.write_champion(None)
        return {"champion": ""}
    known = Registry(registry or ".")
    version = known.expect(champion)
    with tempfile.TemporaryDirectory() as temporary:
        found = _download(known, version, Path(temporary))
        problem = Problem.load(found / "problem.json")
        target.write_champion(
            Champion(version.name, version.number, version.run_id, problem, _metrics(found / "metrics.json"))
        )
        for name in (SEEN_ROWS, MODEL):
            if (found / name).exists():
                shutil.copyfile(found / name, target.path / name)
    return {"champion": champion}


def _download(registry: Registry, version: Version, folder: Path) -> Path:
    """Put all files of a version into one folder."""
    kept = registry.download(f"runs:/{version.run_id}/{ARTIFACTS}", folder / "kept")
    for name in ("problem.json", "metrics.json"):
        shutil.move(registry.download(f"runs:/{version.run_id}/{name}", folder / "run"), kept / name)
    models = registry.download(f"models:/{version.reference}", folder / "model")
    model = next(models.rglob(MODEL), None)
    if model is None:
        raise PodiumError(f"The champion {version.reference} holds no {MODEL}: Podium did not register it.")
    if hash_of(model) == version.tags.get(MODEL_HASH):
        shutil.move(model, kept / MODEL)
    else:  # without a model it can be compared with nothing, and the report will say so
        print(f"The model of {version.reference} is not what was registered: it is left out.")
    return kept


def _metrics(path: Path) -> dict[str, float | None]:
    test = json.loads(path.read_text(encoding="utf-8")).get("test", {})
    return {name: facts.get("value") for name, facts in test.items()}
