"""The stage that fetches the pretrained weights that the settings name, if they name any."""

import json
from pathlib import Path
from typing import Any

from podium_ml.kinds import KINDS
from podium_ml.run.events import emit


def run(*, kind: str, settings: dict[str, Any], weights: str) -> dict[str, Any]:
    """Copy weights into a folder for each setting that names some, and say what they are.

    Args:
        kind: Kind of problem.
        settings: The kind's ``problem_settings``.
        weights: Folder to write; ``SETTING.json`` beside each folder has revision, hash and licence, ``weights.json``
            all pinned sources.

    Returns:
        ``weights``: the pinned source of each setting.

    Raises:
        SettingsError: There are no such weights, or they have another hash.
        DataError: Their place cannot be reached, or runs on this cluster may not read it.
    """
    folder = Path(weights)
    folder.mkdir(parents=True, exist_ok=True)
    wanted, pinned = KINDS[kind].problem_settings.read(settings).weights, {}
    for setting, source in wanted.items():
        from podium_ml.weights import fetch

        found = fetch(source, folder / setting)
        found.save(folder / f"{setting}.json")
        emit(
            "notice",
            text=f"{setting}: {found.pinned}, {found.bytes / 1e6:,.0f} MB, licence: {found.licence}.",
        )
        pinned[setting] = found.pinned
    # An object store keeps no empty folder.
    (folder / "weights.json").write_text(json.dumps(pinned), encoding="utf-8")
    return {"weights": pinned}
