"""What a run knows of the champion, as files."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from podium_ml.contracts import Champion

if TYPE_CHECKING:
    import numpy as np

    from podium_ml.tabular.predictor import Predictor

CHAMPION = "champion.json"
MODEL = "model.pkl"
SEEN_ROWS = "seen_rows.npy"


class ChampionFolder:
    """A folder that ``read_champion`` wrote; where there is no champion, it says so and holds nothing else.

    Args:
        path: The folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @property
    def champion(self) -> Champion | None:
        """The champion, or ``None``."""
        path = self.path / CHAMPION
        found = json.loads(path.read_text(encoding="utf-8"))["champion"] if path.exists() else None
        return Champion.from_dict(found) if found else None

    def write_champion(self, champion: Champion | None) -> None:
        """Write who the champion is."""
        self.path.mkdir(parents=True, exist_ok=True)
        content = {"champion": champion.to_dict() if champion else None}
        (self.path / CHAMPION).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @property
    def seen_rows(self) -> "np.ndarray | None":
        """Sorted hashes of the rows that it was trained on, uint64, or ``None`` if that is not known."""
        import numpy as np

        path = self.path / SEEN_ROWS
        return np.load(path, allow_pickle=False) if path.exists() else None

    def predictor(self) -> "Predictor":
        """Return the model; raises ``ModelFileError`` if it is damaged or cannot be loaded here."""
        from podium_ml.tabular.predictor import Predictor

        return Predictor.load(self.path / MODEL)
