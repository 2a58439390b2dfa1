"""Which columns the models of a branch use: chosen in each fold, with its training rows only."""

import time
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts import ColumnChoice, FeatureSchema, Problem
from podium_ml.contracts.column_choice import ColumnRule
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.kinds import KINDS
from podium_ml.targets import sample_rows, target_of
from podium_ml.training.column_ranking import Examples, Ranking
from podium_ml.training.column_strengths import strengths
from podium_ml.training.rows_of_model import ALL_ROWS
from podium_ml.training.silent_parts import silent_parts, split_columns

# Of fewer columns, all are used. Of more than the most, so many strongest ones are: others take time, and add noise.
_FEWEST_COLUMNS, _MOST_COLUMNS, _STRONGEST = 8, 1_000, 500
# A ranking uses at most so many rows, and so many cells of encoded features; but always so many rows, if there are.
_MOST_ROWS, _MOST_CELLS, _FEWEST_ROWS = 5_000, 1_500_000, 500
# Roughly what a ranking takes: at least, and for each cell, in seconds.
_LEAST_SECONDS, _CELL_SECONDS = 0.1, 1.2e-6
# Rows that are ordered in time are learned from or scored in so many blocks.
_BLOCKS = 30
# Classes beyond this number do not take part in a ranking.
_MOST_CLASSES = 10


def used_columns(columns: int) -> int:
    """Return of how many columns a model learns at most."""
    return columns if columns <= _MOST_COLUMNS else _STRONGEST


@dataclass(frozen=True)
class _Ranked:
    """The columns of one fold, or of all rows, in the order of their importance."""

    names: tuple[str, ...]
    ranking: Ranking

    def chosen(self, choice: ColumnRule) -> list[str]:
        """Return the names of the columns."""
        ranking = self.ranking
        return [self.names[at] for at in (ranking.relevant if choice == "relevant" else ranking.shortest)]


class ColumnChoices:
    """Chooses columns for each fold, and for all rows. Rankings are kept, because all trials of a branch share them.

    Args:
        table: Features and targets.
        problem: The problem.
        folds: Training and validation rows of each fold.
        seed: Seed of the rankings.
    """

    def __init__(self, table: FeatureTable, *, problem: Problem, folds: Folds, seed: int) -> None:
        self._table, self._problem, self._folds, self._seed = table, problem, folds, seed
        self._ranked: dict[int, _Ranked] = {}
        self._strong: dict[int, tuple[str, ...]] = {}
        self._split = split_columns(table.schema) if KINDS[problem.kind].encodes_columns else []
        self._silent: dict[int, list[str]] = {}
        self._seconds = 0.0

    @property
    def possible(self) -> bool:
        """Whether there are so many columns that it is worth choosing."""
        enough = len(self._table.schema.sources) >= _FEWEST_COLUMNS
        return enough and KINDS[self._problem.kind].encodes_columns

    @property
    def widest(self) -> ColumnRule:
        """The rule that leaves out the fewest columns: all, or the strongest of a wide table."""
        wide = used_columns(len(self._table.schema.sources)) < len(self._table.schema.sources)
        return "strongest" if wide and KINDS[self._problem.kind].encodes_columns else "all"

    def expected_seconds(self) -> float:
        """Return roughly how long a ranking takes: what the last one took, or a guess from the size of the table."""
        cells = min(self._most_rows(), len(self._table.y)) * self._width()
        return self._seconds or _LEAST_SECONDS + _CELL_SECONDS * cells

    def schema(self, choice: ColumnRule, number: int) -> FeatureSchema:
        """Return the features that the models of a fold use.

        Args:
            choice: How to choose.
            number: The fold, or ``ALL_ROWS``.
        """
        return self.describe(choice, number).of(self._table.schema)

    def describe(self, choice: ColumnRule, number: int = ALL_ROWS) -> ColumnChoice:
        """Return which columns a model uses, and why it leaves out the others.

        Args:
            choice: How to choose.
            number: The fold whose model it is, or ``ALL_ROWS``.
        """
        silent = tuple(self._silent_parts(number))
        if choice == "all":
            return ColumnChoice(silent=silent)
        weak = len(self._table.schema.sources) - len(self._strongest(number))
        if choice == "strongest":
            return ColumnChoice(choice, used=self._strongest(number), weak=weak, silent=silent)
        ranked = self._of(number)
        relevant, used = ranked.chosen("relevant"), ranked.chosen(choice)
        return ColumnChoice(
            choice,
            used=tuple(used),
            spare=tuple(name for name in relevant if name not in used),
            irrelevant=tuple(name for name in ranked.names if name not in relevant),
            weak=weak,
            silent=silent,
        )

    def _of(self, number: int) -> _Ranked:
        if number not in self._ranked:
            names = self._strongest(number)
            began = time.perf_counter()
            examples = self._examples(number, names)
            self._ranked[number] = _Ranked(names, Ranking(examples, len(names), seed=self._seed))
            self._seconds = time.perf_counter() - began
        return self._ranked[number]

    def _strongest(self, number: int) -> tuple[str, ...]:
        """Return the columns that a model may use, in their order in the table."""
        names = self._table.schema.sources
        if self.widest == "all":
            return names
        if number not in self._strong:
            order = np.argsort(-strengths(self._examples(number, names), len(names)), kind="stable")
            self._strong[number] = tuple(names[at] for at in np.sort(order[:_STRONGEST]))
        return self._strong[number]

    def _silent_parts(self, number: int) -> list[str]:
        """Return the names of the parts of columns that say nothing about the target."""
        if self._split and number not in self._silent:
            rows = self._sampled(number)
            X, Y = self._table.X.iloc[rows], _numbers(self._table.y[rows], self._problem)
            found = [silent_parts(X[names], Y) for names in self._split]
            self._silent[number] = [name for names in found for name in names]
        return self._silent.get(number, [])

    def _sampled(self, number: int) -> np.ndarray:
        """Return the positions of training rows of a fold."""
        table = self._table
        train = np.arange(len(table.y)) if number == ALL_ROWS else self._folds[number][0]
        return sample_rows(target_of(self._problem).ordering(table.y), train, most=self._most_rows())

    def _width(self) -> int:
        """Return about how many features are ranked."""
        schema = self._table.schema
        return round(len(schema.features) * used_columns(len(schema.sources)) / len(schema.sources))

    def _most_rows(self) -> int:
        return int(np.clip(_MOST_CELLS // self._width(), _FEWEST_ROWS, _MOST_ROWS))

    def _examples(self, number: int, names: tuple[str, ...]) -> Examples:
        """Return training rows of a fold with the features of some columns."""
        table, problem, rows = self._table, self._problem, self._sampled(number)
        known = table.of_rows(rows)
        schema = table.schema.of_sources(names).without(self._silent_parts(number))
        X, made_from = KINDS[problem.kind].encode_columns(
            table.X.iloc[rows], known, schema=schema, problem=problem, seed=self._seed
        )
        source = {feature.name: feature.source for feature in schema.features}
        position = {name: at for at, name in enumerate(names)}
        return Examples(
            X=_filled(X),
            column=np.array([position[source[one]] for one in made_from]),
            Y=_numbers(known.y, problem),
            weight=np.ones(len(rows)) if known.weight is None else known.weight,
            unit=_units(known),
        )


def _filled(X: np.ndarray) -> np.ndarray:
    """Replace missing values by one below all others of their column."""
    missing = np.isnan(X)
    lowest = np.where(missing, np.inf, X).min(axis=0)
    below = np.where(np.isfinite(lowest), lowest - 1, 0)
    return np.ascontiguousarray(np.where(missing, below, X), dtype=np.float32)


def _numbers(y: np.ndarray, problem: Problem) -> np.ndarray:
    """Return targets whose squared errors are comparable: indicators of classes and labels, normal scores of values."""
    if target_of(problem).output == "values":
        from scipy.stats import norm, rankdata

        return norm.ppf(rankdata(y) / (len(y) + 1))[:, None]
    if y.ndim == 2:
        return y.astype(np.float64)
    codes, counts = np.unique(y, return_counts=True)
    # Of two classes, one says everything.
    frequent = codes[np.argsort(-counts, kind="stable")][: _MOST_CLASSES if len(codes) > 2 else 1]
    return (y[:, None] == frequent).astype(np.float64)


def _units(targets: Targets) -> np.ndarray:
    """Return codes of the rows that belong together: groups, blocks of time, or each row alone."""
    if targets.group is not None:
        return np.unique(targets.group, return_inverse=True)[1]
    rows = len(targets.y)
    if targets.time is None:
        return np.arange(rows)
    place = np.unique(targets.time, return_inverse=True)[1]
    return place * _BLOCKS // (place.max() + 1)
