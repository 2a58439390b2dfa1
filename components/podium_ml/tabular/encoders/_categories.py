"""Blocks for categorical features that do not use the target."""

import numpy as np

from podium_ml.tabular.encoders._block import Block, Output
from podium_ml.tabular.encoders._inputs import Inputs
from podium_ml.tabular.encoders._levels import MISSING, UNSEEN, Levels, wrap_codes


class LevelCodes(Block):
    """The code of the level; -1 for a level unseen during fit, NaN for missing.

    Args:
        levels: The levels of all categorical features.
        positions: Positions of the features to encode.
    """

    def __init__(self, levels: Levels, positions: np.ndarray) -> None:
        self.positions = positions
        self.outputs = tuple(Output(levels.names[p], levels.names[p]) for p in positions)

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return codes as numbers."""
        known = inputs.codes[:, self.positions]
        codes = known.astype(np.float32)
        codes[known == MISSING] = np.nan
        codes[known == UNSEEN] = -1
        return codes


class LevelIndicators(Block):
    """One column per level; rare levels of a feature share one column, which also covers levels unseen during fit.

    A missing value is a level of its own.

    Args:
        levels: The levels of all categorical features.
        positions: Positions of the features to encode.
        most: Maximum number of columns per feature.
    """

    def __init__(self, levels: Levels, positions: np.ndarray, *, most: int) -> None:
        self.levels, self.positions, self.most = levels, positions, most
        self.columns: list[np.ndarray] = []

    def fit(self, inputs: Inputs, y: np.ndarray) -> None:
        """Choose the levels that get a column."""
        self.columns = []
        outputs: list[Output] = []
        for position in self.positions:
            counts = level_counts(inputs.codes[:, position], int(self.levels.counts[position]))
            columns, chosen = _assign_columns(counts, most=self.most, start=len(outputs))
            self.columns.append(columns)
            outputs += self._describe(int(position), chosen)
        self.outputs = tuple(outputs)

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return zeros and ones."""
        # An extra column catches the levels without a column.
        result = np.zeros((len(inputs), len(self.outputs) + 1), dtype=np.float32)
        rows = np.arange(len(inputs))
        for position, columns in zip(self.positions, self.columns, strict=True):
            result[rows, columns[inputs.codes[:, position]]] = 1
        return result[:, :-1]

    def _describe(self, position: int, chosen: list[int]) -> list[Output]:
        feature, texts = self.levels.names[position], list(self.levels.codes_by_level[position])
        others = {RARE: f"{feature}__rare", MISSING: f"{feature}__missing"}
        return [Output(others.get(code) or f"{feature}={texts[code]}", feature) for code in chosen]


def level_counts(codes: np.ndarray, n_levels: int) -> np.ndarray:
    """Return the number of rows by code, shape ``(n_levels + 2,)``; -1 (missing) and -2 (unseen) index its end."""
    return np.bincount(wrap_codes(codes, n_levels), minlength=n_levels + 2)


RARE = -3  # code in ``_assign_columns`` for the column that rare levels share


def _assign_columns(counts: np.ndarray, *, most: int, start: int) -> tuple[np.ndarray, list[int]]:
    """Return the column of each code (-1, the extra one, for none) and the codes with a column."""
    n_levels = len(counts) - 2
    by_count = np.argsort(-counts[:n_levels], kind="stable")
    keep = sorted(by_count[:most].tolist() if n_levels <= most else by_count[: most - 1].tolist())
    has_missing = counts[MISSING] > 0
    rest = n_levels > len(keep)
    columns = np.full(len(counts), -1)
    if rest:
        columns[:n_levels] = columns[UNSEEN] = start + len(keep)
    columns[keep] = start + np.arange(len(keep))
    chosen = keep + [RARE] * rest
    if has_missing:
        columns[MISSING] = start + len(chosen)
        chosen.append(MISSING)
    return columns, chosen
