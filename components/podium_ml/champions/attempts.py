"""How often models challenged the champion on the same rows, and how much chance each attempt may take."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from podium_ml.champions.registry import ModelRegistry, Version

# Chance that any of all challengers on the same rows is promoted without being better.
_ERROR = 0.05
# Rows overlap if they share more than this part. A few rows are equal by chance.
_OVERLAP = 0.01
# Folder among the artifacts of the champion's run: one file per challenger, with the hashes of the rows.
CHALLENGES = "champion/challenges"


def allowed_error(attempt: int) -> float:
    """Return the chance of a false promotion that an attempt may take.

    The chances of all attempts add up to 5%, however many there are (alpha spending; Lan and DeMets 1983).

    >>> [round(allowed_error(attempt), 4) for attempt in (1, 2, 3)]
    [0.025, 0.0083, 0.0042]
    """
    return _ERROR / (attempt * (attempt + 1))


def count_attempts(rows: np.ndarray, earlier: Sequence[np.ndarray]) -> int:
    """Return the number of this attempt, from 1: only earlier ones on overlapping rows count.

    Args:
        rows: Hashes of the rows of this comparison.
        earlier: Hashes of the rows of each earlier comparison.
    """
    return 1 + sum(bool(np.isin(rows, one).mean() > _OVERLAP) for one in earlier)


def record_attempt(
    registry: ModelRegistry, champion: Version, challenger: Version, *, rows: np.ndarray, promoted: bool
) -> None:
    """Record with the champion that a model challenged it. If it wins, it takes the champion's record over.

    Args:
        registry: The registry.
        champion: The champion.
        challenger: The challenger.
        rows: Hashes of the rows that both were scored on.
        promoted: Whether the challenger is to become the champion.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if promoted:
            registry.fetch_all(champion, folder, of=CHALLENGES)
        np.save(folder / f"{challenger.number}.npy", rows, allow_pickle=False)
        for version in (champion, challenger) if promoted else (champion,):
            registry.log(version, folder, into=CHALLENGES)


def percent(confidence: float) -> str:
    """Return a confidence as users read it.

    >>> percent(0.975), percent(1 - 0.05 / 6), percent(1 - 0.05 / 110)
    ('97.5%', '99.17%', '99.955%')
    """
    return f"{100 - float(f'{100 * (1 - confidence):.2g}'):g}%"
