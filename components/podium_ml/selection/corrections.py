"""The corrections of all contenders, in a file beside the chosen model."""

from collections.abc import Mapping
from pathlib import Path

from podium_ml.files import pickles
from podium_ml.targets import Corrections

_FILE = "corrections.pkl"


def save_corrections(corrections: Mapping[str, Corrections], folder: str | Path) -> None:
    """Write the corrections by name of the contender to the folder of the chosen model."""
    pickles.dump(dict(corrections), Path(folder) / _FILE, kind="corrections")


def load_corrections(folder: str | Path) -> dict[str, Corrections]:
    """Read what ``save_corrections`` wrote.

    Raises:
        ModelFileError: The file is missing or damaged.
    """
    found: dict[str, Corrections] = pickles.load(Path(folder) / _FILE, kind="corrections")
    return found
