"""What a run reuses from a champion that was trained on other data, as files."""

import json
from pathlib import Path
from typing import Any

from podium_ml.contracts import Profile

CONFIGURATIONS = "configurations.json"
PROFILE = "profile.json"


class WarmStart:
    """A folder written by ``read_warm_start``; empty if there is no reference model.

    Args:
        path: The folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @property
    def profile(self) -> Profile | None:
        """Statistics of the rows that the champion was trained on, or ``None``."""
        fields = self._json(PROFILE)
        return Profile.from_dict(fields) if fields else None

    @property
    def configurations(self) -> dict[str, list[dict[str, Any]]]:
        """The best configurations of its run, by algorithm, best first."""
        return self._json(CONFIGURATIONS) or {}

    def _json(self, name: str) -> Any:
        path = self.path / name
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
