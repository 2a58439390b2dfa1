"""Refits the members of the chosen model on more rows."""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace

import numpy as np

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import ColumnChoice, FittedTrial, Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.kinds import KINDS
from podium_ml.metrics import problem_metric
from podium_ml.models import BaggedModel
from podium_ml.run.budget import Deadline
from podium_ml.selection.model_store import Contender, Key
from podium_ml.targets import sample_rows
from podium_ml.training.encodings import Encodings
from podium_ml.training.fit import Fitter, import_libraries
from podium_ml.training.interruption import OutOfTimeError, interrupted_at
from podium_ml.training.rounds import grown_rounds
from podium_ml.values.listed import listed

# The refit may take longer than the first fit by this factor.
_SAFETY = 1.1
# A member that compresses its schedule claims this many times its seconds, because the machine may be busier now.
_MORE_IF_COMPRESSED = 2.0
# A member is rejected if its score falls by more than this share of the score and by more than this many standard
# deviations of its fold scores.
_WORST, _SPREADS = 0.15, 3.0
# Of the time for a refit, the fits get this share if some members may stay as they are; the rest is for reading these.
_TIME_OF_FITS = 0.97
# Rows that suffice to notice a model that went wrong.
_CHECKED_ROWS = 5_000


class NotRefittedError(Exception):
    """The model, or one of its members, was not refitted. The message gives the user the reason."""


class _TooLateError(NotRefittedError):
    """There was no time to refit a member."""

    def __init__(self, algorithm: str) -> None:
        super().__init__(f"{algorithm} took longer than the time limit leaves.")


@dataclass(frozen=True)
class Refit:
    """What became of the members of a model.

    Attributes:
        models: The refitted ones.
        late: Algorithms of others, for which there was no time.
        failed: Why there are further others, in words for the user.
    """

    models: dict[Key, BaggedModel] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def remarks(self) -> list[str]:
        """Return sentences about the members that stay as they are."""
        late = [f"There was no time for {listed(list(dict.fromkeys(self.late)))}."] if self.late else []
        found = [*late, *dict.fromkeys(self.failed)]
        return [*found, "What was not refitted stays as it was."] if found else []


def expected_seconds(members: Iterable[FittedTrial], *, rows: int, before: int) -> float:
    """Return the most seconds that a refit is expected to take.

    Args:
        members: What is refitted.
        rows: Number of rows to train on.
        before: Number of rows that the model was first trained on.
    """
    return _SAFETY * sum(one.fit_seconds for one in members) * rows / max(1, before)


def members_in_time(chosen: Contender, *, seconds: float, rows: int, before: int) -> list[Key]:
    """Return the members that can be refitted in time: those with the most weight for each second, in this order.

    Args:
        chosen: The model.
        seconds: The time that is left.
        rows: Number of rows to train on.
        before: Number of rows that the model was first trained on.
    """
    left = seconds * max(1, before) / (_SAFETY * rows)
    takes = {key: max(trial.fit_seconds, 1e-9) for key, trial in chosen.members.items()}
    weights = _weights(chosen)
    found = []
    for key in sorted(takes, key=lambda one: -weights[one] / takes[one]):
        if takes[key] <= left:
            found.append(key)
            left -= takes[key]
    return found


def refit_members(
    chosen: Contender,
    table: FeatureTable,
    *,
    problem: Problem,
    before: int,
    n_jobs: int,
    deadline: Deadline,
    seeds: Mapping[str, int],
    partly: bool = False,
) -> Refit:
    """Refit the members of a model on other rows, with the same parameters, columns and number of rounds.

    Args:
        chosen: The model.
        table: All rows.
        problem: The problem, with the new number of rows.
        before: Number of rows that the model was first trained on.
        n_jobs: Number of threads.
        deadline: When the refit must be done; each member gets a share in proportion to its first fit, and twice as
            much if it compresses its schedule.
        seeds: Most models with other seeds whose mean the members of an algorithm may become; one if it has none.
        partly: Whether members stay as they are if there is no time to refit them, or if their refit fails.

    Raises:
        NotRefittedError: No member was refitted; or one was not, and must be.
    """
    refit = Refit()
    goes = list(chosen.members)
    if partly:
        deadline = deadline.share(_TIME_OF_FITS)
        goes = members_in_time(chosen, seconds=deadline.remaining(), rows=len(table.y), before=before)
        refit.late.extend(name for name, number in chosen.members if (name, number) not in goes)
    algorithms = KINDS[problem.kind].algorithms
    # Those that compress their schedule come first: the others complete theirs, however little is left afterwards.
    ordered = sorted(goes, key=lambda one: not algorithms[one[0]].compresses)
    claims = [_claim(algorithms[key[0]], chosen.members[key]) for key in ordered]
    fits = _Fits(table, problem=problem, before=before, n_jobs=n_jobs, deadline=deadline, seeds=seeds)
    for place, key in enumerate(ordered):
        spec = algorithms[key[0]]
        import_libraries(spec, problem)
        share = deadline.share(claims[place] / max(sum(claims[place:]), 1e-9))
        try:
            refit.models[key] = fits.fit(spec, chosen.members[key], share)
        except NotRefittedError as reason:
            if not partly:
                raise
            if isinstance(reason, _TooLateError):
                refit.late.append(spec.name)
            else:
                refit.failed.append(str(reason))
    if not refit.models:
        raise NotRefittedError(" ".join(refit.remarks()[:-1]))
    return refit


@dataclass
class _Fits:
    """Refits members one after another."""

    table: FeatureTable
    _: KW_ONLY
    problem: Problem
    before: int
    n_jobs: int
    deadline: Deadline
    seeds: Mapping[str, int]

    def __post_init__(self) -> None:
        self._encodings: dict[tuple[str, int, ColumnChoice], Encodings] = {}

    def fit(self, spec: AlgorithmSpec, trial: FittedTrial, share: Deadline) -> BaggedModel:
        """Return a member that has learned from all rows.

        Args:
            spec: Its algorithm.
            trial: The member.
            share: When it should be done.

        Raises:
            NotRefittedError: It failed, does not fit its own rows, or took too long.
        """
        name = spec.name
        if self.deadline.passed():
            raise _TooLateError(name)
        fitter = Fitter(
            spec,
            trial.parameters,
            self.table,
            problem=self.problem,
            seed=self.problem.seed,
            n_jobs=self.n_jobs,
        )
        try:
            with interrupted_at(self.deadline):
                fitted = fitter.fit_all(
                    self._encoded(spec, trial.columns),
                    deadline=share.earlier(self.deadline),
                    rounds=grown_rounds(spec, trial.rounds, len(self.table.y) / self.before),
                    seeds=self.seeds.get(name, 1),
                    sharpness=trial.sharpness,
                )
        except OutOfTimeError:
            raise _TooLateError(name) from None
        except Exception as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise NotRefittedError(f"{name} failed: {what.rstrip('.')}.") from error
        _check(name, trial, fitted.model, self.table, problem=self.problem)
        return fitted.model

    def _encoded(self, spec: AlgorithmSpec, columns: ColumnChoice) -> Encodings:
        key = spec.needs, spec.max_rows, columns
        if key not in self._encodings:
            table = replace(self.table, schema=columns.of(self.table.schema))
            self._encodings[key] = Encodings(
                spec, table, problem=self.problem, folds=[], seed=self.problem.seed
            )
        return self._encodings[key]


def _weights(chosen: Contender) -> dict[Key, float]:
    """Return how much each member counts in the model; a single model counts for all of it."""
    if chosen.ensemble is None:
        return dict.fromkeys(chosen.members, 1.0)
    return {(one.algorithm, one.trial): abs(one.weight) for one in chosen.ensemble.members}


def _claim(spec: AlgorithmSpec, trial: FittedTrial) -> float:
    """Return what a member claims of the time: its seconds, and more if it would be worse where they do not suffice."""
    return trial.fit_seconds * (_MORE_IF_COMPRESSED if spec.compresses else 1.0)


def _check(
    algorithm: str, trial: FittedTrial, model: BaggedModel, table: FeatureTable, *, problem: Problem
) -> None:
    """Reject a model that predicts the rows it has learned from worse than the folds predicted unknown ones."""
    metric = problem_metric(problem)
    rows = sample_rows(np.arange(len(table.y)), np.arange(len(table.y)), most=_CHECKED_ROWS)
    known = table.of_rows(rows)
    score = metric.score(known.y, model.predict_raw(table.X.iloc[rows]), known.weight)
    spread = statistics.pstdev(trial.fold_scores) if trial.fold_scores else 0.0
    tolerated = max(_WORST * abs(trial.score), _SPREADS * spread)
    if not metric.utility(score) >= metric.utility(trial.score) - tolerated:
        raise NotRefittedError(
            f"{algorithm} scored worse than before ({metric.title} {score:.4g}, before {trial.score:.4g}), "
            "so the chosen model is kept."
        )
