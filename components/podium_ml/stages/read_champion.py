"""The stage that fetches the champion for the comparison."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from podium_ml.champions.attempts import CHALLENGES as RECORDED
from podium_ml.champions.folder import CHALLENGES, METRICS, MODEL, PROBLEM, SEEN_ROWS, ChampionFolder
from podium_ml.champions.record import ARTIFACTS
from podium_ml.champions.registry import MODEL_HASH, ModelRegistry, Version
from podium_ml.champions.signatures import hash_of, refusal
from podium_ml.contracts import Champion, Problem
from podium_ml.errors import PodiumError


def run(*, champion: str, registry: str, folder: str) -> dict[str, Any]:
    """Download a registered version, with the hashes of the rows that it was trained on and challenged on.

    The model is not loaded here. It is left out if nobody signed it whom the user trusts.

    Args:
        champion: Name and version, like ``"churn/7"``; empty if there is no champion.
        registry: Folder of the local registry; empty for the server that the environment names.
        folder: Folder to write, which ``ChampionFolder`` reads.

    Returns:
        ``champion``, which may be empty, and why its model is ``refused``.

    Raises:
        PodiumError: The registry cannot be reached, or the version was not registered by a run of Podium.
    """
    target = ChampionFolder(folder)
    if not champion:
        target.write_champion(None)
        return {"champion": "", "refused": ""}
    known = ModelRegistry(registry or ".")
    version = known.expect(champion)
    with tempfile.TemporaryDirectory() as temporary:
        fetched = Path(temporary)
        described = _describe(known, version, fetched)
        known.fetch(version, (SEEN_ROWS,), target.path, of=ARTIFACTS)
        known.fetch_all(version, target.path / CHALLENGES, of=RECORDED)
        model = _fetch_model(known, version, fetched)
        files = {PROBLEM: fetched / PROBLEM, METRICS: fetched / METRICS, SEEN_ROWS: target.path / SEEN_ROWS}
        refused = _refusal(version, {**files, MODEL: model})
        if not refused:
            shutil.move(model, target.path / MODEL)
    target.write_champion(described, refused=refused)
    print(refused, end="\n" if refused else "")
    return {"champion": champion, "refused": refused}


def _describe(registry: ModelRegistry, version: Version, folder: Path) -> Champion:
    registry.fetch(version, (PROBLEM, METRICS), folder)
    for name in (PROBLEM, METRICS):
        _expect(version, name, is_there=(folder / name).exists())
    test = json.loads((folder / METRICS).read_text(encoding="utf-8")).get("test", {})
    metrics = {name: facts.get("value") for name, facts in test.items()}
    return Champion(version.name, version.number, version.run_id, Problem.load(folder / PROBLEM), metrics)


def _fetch_model(registry: ModelRegistry, version: Version, folder: Path) -> Path:
    models = list(registry.fetch_model(version, folder / "model").rglob(MODEL))
    _expect(version, MODEL, is_there=bool(models))
    return models[0]


def _refusal(version: Version, files: dict[str, Path]) -> str:
    """Return why the model must not be loaded: then there is no comparison, and the report says why."""
    if hash_of(files[MODEL]) != version.tags.get(MODEL_HASH):
        return f"The model of the champion {version.reference} is not the one that was registered."
    return refusal(version, files)


def _expect(version: Version, name: str, *, is_there: bool) -> None:
    if not is_there:
        raise PodiumError(f"The champion {version.reference} contains no {name}: Podium did not register it.")
