"""The champion as a folder of files."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium_ml.contracts import Champion

if TYPE_CHECKING:
    import numpy as np

    from podium_ml.kinds import Predictor

CHAMPION = "champion.json"
MODEL, PROBLEM, METRICS = "model.pkl", "problem.json", "metrics.json"
SEEN_ROWS = "seen_rows.npy"
CHALLENGES = "challenges"
# What the model predicts for the rows of a comparison; see ``confined_answer``.
ANSWER = "answer.npz"


class ChampionFolder:
    """A folder written by ``read_champion``. Without a champion, it contains only a record that there is none.

    Args:
        path: The folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @property
    def champion(self) -> Champion | None:
        """The champion, or ``None``."""
        fields = self._facts.get("champion")
        return Champion.from_dict(fields) if fields else None

    @property
    def refused(self) -> str:
        """Why the folder has no model although there is a champion, for the user."""
        return self._facts.get("refused", "")

    @property
    def _facts(self) -> dict[str, Any]:
        path = self.path / CHAMPION
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def write_champion(self, champion: Champion | None, *, refused: str = "") -> None:
        """Write the champion, or record that there is none.

        Args:
            champion: The champion.
            refused: Why its model must not be loaded; empty if it may.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        content = {"champion": champion.to_dict() if champion else None, "refused": refused}
        (self.path / CHAMPION).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @property
    def seen_rows(self) -> "np.ndarray | None":
        """Sorted hashes (uint64) of the rows that the champion was trained on, or ``None`` if unknown."""
        import numpy as np

        path = self.path / SEEN_ROWS
        return np.load(path, allow_pickle=False) if path.exists() else None

    @property
    def challenges(self) -> "list[np.ndarray]":
        """Hashes (uint64) of the rows of each earlier comparison with the champion."""
        import numpy as np

        return [np.load(path, allow_pickle=False) for path in sorted((self.path / CHALLENGES).glob("*.npy"))]

    def predictor(self) -> "Predictor":
        """Return the model. Raises ``ModelFileError`` if the file is damaged or cannot be loaded."""
        from podium_ml.kinds import load_predictor

        return load_predictor(self.path / MODEL)
