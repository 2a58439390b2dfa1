"""Expects how long trials take, from what fits cost and from the trials that the run has finished."""

import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Encoding, FitSize
from podium_ml.contracts import Problem, Profile
from podium_ml.contracts.object_task import CELL
from podium_ml.run.events import recorded
from podium_ml.targets import target_of
from podium_ml.training.column_choices import used_columns
from podium_ml.training.rows_of_model import ALL_ROWS, keeps_holdout, last_fit, rows_of_model

# Seconds of a trial that do not depend on the table, in all and for each fold: scores, files, events.
_OVERHEAD, _FOLD_OVERHEAD = 0.05, 0.01
# Seconds of encoding a value in a fold, and a character of a text for all folds; no more than so many are looked at.
_ENCODING, _ENCODING_OF_TEXT, _MOST_CHARACTERS = 1.5e-7, 5e-7, 5_000
# Seconds of reading a column and a cell of the table, and of looking for the strongest columns of a wide one in a fold.
_READING, _READING_CELL, _SCREENING = 3e-4, 1.2e-7, 1.5e-4
# Seconds of a text in a fold for encodings that turn texts into topics and scores, beside those of its characters.
_TOPICS_OF_TEXT, _OF_TOPICS = 5e-5, ("ordinal", "onehot", "native", "target")
# Words, pairs of words and pieces of words of a text: so many a character, and so many at most.
_TERMS_OF_A_CHARACTER, _MOST_TERMS = 2.0, 3_000
# Columns that a value becomes in plans: levels of a category, at most, and the parts of a date and of a text.
_MOST_LEVELS, _DATE_PARTS, _TEXT_PARTS, _VECTOR_PARTS = 50, 4, 30, 50
# Columns of a picture: components and scores for trees, edges and colours for others; for networks, its places.
_PICTURE_PARTS = {"ordinal": 50, "native": 50}
_MOST_PICTURE_PARTS, _FEWEST_SIDE, _MOST_SIDE = 400, 16, 64
# Rows are not limited below this number, nor below this share: half of them for an algorithm that learns in rounds,
# because fewer rounds on all rows are better than all rounds on few rows.
_FEWEST_ROWS, _SMALLEST_PART, _SMALLEST_PART_OF_ROUNDS = 1_000, 0.1, 0.5
# An algorithm is planned with this share of the rows at least. With fewer it would be of little use to an ensemble.
_PLANNED_PART = 0.7
# Seconds of ``_work`` on the machine that the costs were measured on, and the range of paces that it may show.
_USUAL_WORK, _PACES = 0.022, (0.4, 4.0)
# Work has the machine for itself if it takes no longer than this multiple of its CPU time. Seconds between attempts.
_ALONE, _BETWEEN = 1.3, 0.1
# A branch asks the other branches how fast this machine is, if they have finished so many trials.
_ENOUGH_TRIALS = 3

# The seconds of a trial with a configuration on so many rows.
Estimate = Callable[[Mapping[str, Any], int], float]


@dataclass(frozen=True)
class TrialSize:
    """What the fits of a trial learn from.

    Attributes:
        rows: Number of training rows of a fold.
        columns: Number of encoded columns; of sparse rows, the mean number of those that are not 0.
        classes: Number of classes; 1 for values.
        folds: Number of folds.
        models: Number of estimators that a fit needs, one a label.
        characters: Mean number of characters of the texts of a row.
        table_columns: Number of columns of the table, of which models use some if there are very many.
        table_rows: Number of rows of the table, all of which are read, however many are learned from.
        topics: Number of texts of a row that are turned into topics.
        kept: Whether the model of a holdout is kept; see ``keeps_holdout``.
    """

    rows: int
    columns: int
    classes: int
    folds: int
    models: int = 1
    characters: float = 0.0
    table_columns: int = 0
    table_rows: int = 0
    topics: int = 0
    kept: bool = False

    @classmethod
    def of_problem(
        cls,
        problem: Problem,
        *,
        columns: int,
        rows: int = 0,
        folds: int = 0,
        characters: float = 0.0,
        topics: int = 0,
    ) -> "TrialSize":
        """Return the size of the trials of a problem.

        Args:
            problem: The problem.
            columns: Number of encoded columns.
            rows: Number of training rows of a fold; by default that of equal folds.
            folds: Number of folds; by default those of the problem.
            characters: Mean number of characters of the texts of a row.
            topics: Number of texts of a row that are turned into topics.
        """
        holdout = problem.fold_strategy == "holdout"
        held_out = problem.holdout_fraction if holdout else 1 / max(2, problem.n_folds)
        task = target_of(problem).task_of_algorithms(problem)
        return cls(
            rows=rows or max(1, round(problem.n_train * (1 - held_out))),
            columns=max(1, columns),
            classes={"regression": 1, "binary": 2}.get(task, problem.n_outputs),
            folds=folds or (1 if holdout else problem.n_folds * max(1, problem.n_repeats)),
            models=problem.n_outputs if problem.task == "multilabel" else 1,
            characters=characters,
            table_columns=len(problem.features),
            table_rows=problem.n_train,
            topics=topics,
            kept=keeps_holdout(problem),
        )


class TrialCosts:
    """Expects the seconds of trials of one algorithm on one table, and learns from those that have ended.

    Args:
        spec: The algorithm.
        size: What its fits learn from.
        threads: Number of threads.
        pace: Factor by which this machine is slower than the one that the costs were measured on.
    """

    def __init__(self, spec: AlgorithmSpec, size: TrialSize, *, threads: int = 1, pace: float = 1.0) -> None:
        self._spec, self._threads, self._usual_pace = spec, threads, pace
        most = spec.max_rows or size.rows
        self.size = replace(size, rows=min(size.rows, most))
        self._ratios: list[float] = []

    @property
    def pace(self) -> float:
        """The factor by which trials take longer than their usual seconds: the median of the trials so far."""
        return statistics.median(self._ratios) if self._ratios else self._usual_pace

    def usual(self, parameters: Mapping[str, Any], *, rows: int = 0) -> float:
        """Return the seconds of a trial, without encoding, on the machine that the costs were measured on.

        Args:
            parameters: The configuration.
            rows: Number of training rows of a fold, if not all.
        """
        size = self.size
        fit = FitSize(min(rows or size.rows, size.rows), size.columns, size.classes)
        models = 1 if self._spec.joint_labels else size.models
        seconds = models * self._spec.cost.fit_seconds(fit, parameters, threads=self._threads)
        return (
            _OVERHEAD
            + size.folds * _FOLD_OVERHEAD
            + (size.folds + last_fit(self._spec, kept=size.kept)) * seconds
        )

    def expected(self, parameters: Mapping[str, Any], *, rows: int = 0) -> float:
        """Return the seconds of a trial on this machine."""
        return self.pace * self.usual(parameters, rows=rows)

    def learn(self, parameters: Mapping[str, Any], seconds: float, *, rows: int = 0) -> None:
        """Learn from a complete trial.

        Args:
            parameters: Its configuration.
            seconds: What it took, without encoding.
            rows: Number of training rows of a fold, if not all.
        """
        self._ratios.append(seconds / self.usual(parameters, rows=rows))

    def within(self, seconds: float, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
        """Return the configuration and the number of rows with which a trial ends in time.

        Cheaper configurations are tried first, then fewer rows, unless fits compress their schedule. The last resort is
        returned even if it takes longer.

        Args:
            seconds: Seconds of the trial.
            parameters: The configuration to change as little as possible.
        """
        return self._within(seconds, parameters, self._trial)

    def first(self) -> float:
        """Return the seconds of the first trial with the default configuration, imports and encoding included."""
        return self._first(self._spec.portfolio[0], self.size.rows)

    def least(self, seconds: float) -> float:
        """Return the seconds of the first trial if it is made to end in time, on most of the rows.

        Args:
            seconds: Seconds of the trial.
        """
        return self._first(*self._within(seconds, self._spec.portfolio[0], self._first, part=_PLANNED_PART))

    def _within(
        self,
        seconds: float,
        parameters: Mapping[str, Any],
        estimate: Estimate,
        *,
        part: float = _SMALLEST_PART,
    ) -> tuple[dict[str, Any], int]:
        chosen, rows = dict(parameters), self.size.rows
        for change in ({}, *self._spec.cost.cheaper):
            made = {**parameters, **change}
            if self.usual(made) <= self.usual(chosen):
                chosen = made
            if estimate(chosen, rows) <= seconds:
                return chosen, rows
        # A compressed schedule costs networks less than a part of the rows.
        if not self._spec.samples_rows or self._spec.compresses:
            return chosen, rows
        smallest = max(part, _SMALLEST_PART_OF_ROUNDS) if self._spec.rounds else part
        fewest = max(_FEWEST_ROWS, int(smallest * rows))
        while rows > fewest and estimate(chosen, rows) > seconds:
            rows = max(fewest, int(0.8 * rows))
        return chosen, rows

    def _trial(self, parameters: Mapping[str, Any], rows: int) -> float:
        return self.expected(parameters, rows=rows)

    def _first(self, parameters: Mapping[str, Any], rows: int) -> float:
        values = _ENCODING * self.size.columns + _TOPICS_OF_TEXT * self.size.topics
        texts = _ENCODING_OF_TEXT * self.size.characters
        start = self._spec.cost.start + rows * (self._encoded() * values + texts)
        return self.pace * (start + self._reading()) + self._trial(parameters, rows)

    def _reading(self) -> float:
        """Return the seconds before the first fit that depend on the size of the table alone."""
        columns = self.size.table_columns
        is_wide = used_columns(columns) < columns
        each = _READING + _READING_CELL * self.size.table_rows + is_wide * self._encoded() * _SCREENING
        return columns * each

    def _encoded(self) -> int:
        """Return how often rows are encoded: in each fold, and all of them for the model that is kept."""
        return self.size.folds + (rows_of_model(self._spec, kept=self.size.kept) == ALL_ROWS)


def planned_columns(problem: Problem, profile: Profile, needs: Encoding) -> int:
    """Return about how many columns the features of a problem will have when they are encoded.

    Args:
        problem: The problem.
        profile: Statistics of the columns.
        needs: The encoding.
    """
    levels = {column.name: column.unique for column in profile.columns}
    sides = {column.name: column.mean for column in profile.columns}
    if needs == "tfidf" and (characters := planned_characters(problem, profile, needs)):
        return max(1, min(_MOST_TERMS, round(_TERMS_OF_A_CHARACTER * characters)))
    total = 0
    read = () if needs == "nothing" else problem.features
    for column in read[: used_columns(len(read))]:
        parts = {"datetime": _DATE_PARTS, "text": _TEXT_PARTS}.get(column.role, 1)
        if column.role == "text" and "encoder" in problem.weights:
            parts += _VECTOR_PARTS
        if column.role == "image":
            parts = _picture_parts(problem, needs, sides.get(column.name))
        if column.role == "categorical" and needs == "onehot":
            parts = max(1, min(_MOST_LEVELS, levels.get(column.name, 1)))
        total += parts
    return max(1, total)


def planned_topics(problem: Problem, needs: Encoding) -> int:
    """Return how many texts of a row an encoding turns into topics."""
    return sum(column.role == "text" for column in problem.features) if needs in _OF_TOPICS else 0


def planned_characters(problem: Problem, profile: Profile, needs: Encoding) -> float:
    """Return how many characters of the texts of a row are read on average, without what encodings leave out.

    Args:
        problem: The problem.
        profile: Statistics of the columns.
        needs: The encoding.
    """
    if needs == "nothing":
        return 0.0
    lengths = {column.name: column.mean or 0.0 for column in profile.columns}
    texts = [column.name for column in problem.features if column.role == "text"]
    return math.fsum(min(_MOST_CHARACTERS, lengths.get(name, 0.0)) for name in texts)


def _picture_parts(problem: Problem, needs: Encoding, side: float | None) -> int:
    """Return the columns of a picture: the side of the square for objects, its places for networks, or components."""
    if problem.objects:
        return problem.objects.grid * CELL
    if needs == "pixels":
        return int(np.clip(side or _MOST_SIDE, _FEWEST_SIDE, _MOST_SIDE)) ** 2
    return _PICTURE_PARTS.get(needs, _MOST_PICTURE_PARTS)


def machine_pace(patience: float = 0.0) -> float:
    """Return the factor by which this machine is slower than the one that the costs were measured on.

    Other work on the machine counts, unless it is about to end: hence wall-clock time, and the best of several. The
    run's own processes, which still import their libraries when it is planned, take about a second longer.

    Args:
        patience: Seconds to wait for other work to end.
    """
    ends, best = time.perf_counter() + patience, math.inf
    while True:
        for _ in range(4):
            seconds, busy = _work()
            best = min(best, seconds)
        if best <= _ALONE * busy or time.perf_counter() >= ends:
            return float(np.clip(best / _USUAL_WORK, *_PACES))
        time.sleep(_BETWEEN)


def run_pace() -> float:
    """Return the factor by which the trials of all branches took longer than usual; that of the machine at first."""
    ratios = list(_ratios(recorded("trial_finished")))
    return statistics.median(ratios) if len(ratios) >= _ENOUGH_TRIALS else machine_pace()


def _ratios(events: Iterable[Mapping[str, Any]]) -> Iterable[float]:
    for event in events:
        # Cheap trials consist of work that has little to do with the fits.
        if event.get("outcome") == "complete" and event.get("usual", 0.0) > 0.2:
            yield event["seconds"] / event["usual"]


def _work() -> tuple[float, float]:
    """Return the wall-clock and CPU seconds of work like that of many algorithms: sorting, sums and counting."""
    values = np.random.default_rng(0).normal(size=200_000)
    began, busy = time.perf_counter(), time.thread_time()
    for _ in range(3):
        order = np.argsort(values)
        np.add.at(np.zeros(256), (values[order] * 10).astype(int) % 256, values)
    return time.perf_counter() - began, time.thread_time() - busy
