"""The first rows of data, read by a command, and kept while neither the data nor the way to read them change."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

from podium.studio.draft_settings import config_of
from podium.studio.drafts import Draft
from podium.studio.shared import Studio
from podium_ml.errors import DataError, PodiumError
from podium_ml.files.atomic_write import atomic_write
from podium_ml.ingestion.local_files import find_files
from podium_ml.settings import ReaderOptions
from podium_ml.values.addresses import place_of, split_list

# What a preview depends on, beside the data.
_SETTINGS = ("source", "reader", "target", "types", "missing_markers")
_ROWS, _MOST_KEPT = 20, 20
# Data elsewhere are asked for again after so many seconds.
_PATIENCE = 300


async def preview_of(studio: Studio, draft: Draft) -> tuple[dict[str, Any] | None, str]:
    """Return the first rows of the data of a draft, or why there are none."""
    source = str(draft.values.get("source", ""))
    if not source:
        return None, ""
    try:
        studio.workplace.check_source(source)
        ReaderOptions.parse(dict(draft.values.get("reader", {})))
        path = _place(studio, draft, source)
        if not path.is_file():
            await _read(studio, draft, path)
        return json.loads(path.read_text(encoding="utf-8")), ""
    except (PodiumError, json.JSONDecodeError) as error:
        return None, str(error)


async def _read(studio: Studio, draft: Draft, path: Path) -> None:
    """Read the data, and keep the preview; the oldest ones are forgotten."""
    config = str(config_of(studio, draft))
    text = await studio.children.text("preview", "--json", "--rows", str(_ROWS), "--config", config)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with atomic_write(path) as partial:
        partial.write_text(text, encoding="utf-8")
    kept = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime_ns)
    for old in kept[:-_MOST_KEPT]:
        old.unlink(missing_ok=True)


def _place(studio: Studio, draft: Draft, source: str) -> Path:
    """Return the file of a preview, named by all that it depends on."""
    settings = {name: draft.values.get(name) for name in _SETTINGS}
    facts = json.dumps([settings, [_version(one) for one in split_list(source)]], sort_keys=True)
    return studio.workplace.own / "previews" / f"{hashlib.sha256(facts.encode()).hexdigest()[:32]}.json"


def _version(source: str) -> Any:
    """Return what changes when data change: sizes and times of local files, and the time for others."""
    if place_of(source) != "local":
        return int(time.time() // _PATIENCE)
    try:
        stats = [(str(one.path), one.path.stat()) for one in find_files(source)]
    except (OSError, DataError):
        return time.time()
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]
