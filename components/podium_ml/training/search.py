"""Searches the configurations of one algorithm."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from podium_ml.algorithms import AlgorithmSpec, Int
from podium_ml.contracts import BranchSpec, ColumnChoice, FittedTrial, Problem, Trial
from podium_ml.contracts.candidate import CUT_SHORT
from podium_ml.contracts.column_choice import ColumnRule
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.errors import TrainingError
from podium_ml.metrics import problem_metric
from podium_ml.run.budget import Deadline
from podium_ml.run.events import emit
from podium_ml.splits.folds import make_folds
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.choice import BASELINE
from podium_ml.training.column_choices import ColumnChoices
from podium_ml.training.cross_validation import CrossValidated, OnFold, cross_validate
from podium_ml.training.encodings import Encodings
from podium_ml.training.fit import FittedModel, Fitter, import_libraries
from podium_ml.training.interruption import OutOfTimeError, interrupted_at
from podium_ml.training.limits import SearchLimits
from podium_ml.training.pacing import Pacing
from podium_ml.training.pruning import PrunedError, prune
from podium_ml.training.suggestions import Suggestions

Origin = Literal["default", "portfolio", "search", "replay", "features"]
Outcome = Literal["complete", "pruned", "failed", "timeout"]
# Seconds, and the share of the time left, for what follows the first fit of all rows, before the trial is interrupted.
_LAST_SECONDS, _LAST_SHARE = 0.5, 0.2
# The model of all rows gets this many times the seconds that folds took for each row, if its schedule is compressed.
_MORE = 1.2
# Encoding all folds may take at most this share of a branch's time.
_ENCODING_SHARE = 0.4
# Choosing the columns of all folds may take at most this share of a branch's time, and it must leave out at least this
# share of the columns to be tried.
_CHOOSING_SHARE, _LEFT_OUT = 0.15, 0.1
# Number of rows to estimate the encoding time from. Folds are never cut below this number of rows.
_SAMPLE_ROWS = 1000
# A search ends after this many configurations in a row that cannot finish in time.
_TOO_DEAR = 20


@dataclass(frozen=True)
class Plan:
    """What to try next."""

    origin: Origin
    parameters: dict[str, Any]
    columns: ColumnRule = "all"


@dataclass(frozen=True)
class _Attempt:
    """The result of fitting one configuration."""

    outcome: Outcome
    scored: CrossValidated | None = None
    fitted: FittedModel | None = None
    reason: str = ""


class Search:
    """Tries configurations until a limit is reached: replays, the portfolio, then suggestions of Optuna's TPE.

    The first configuration is tried again with the relevant columns alone, and the best of the portfolio with as few
    columns as possible. What follows uses the columns of the best trial so far.

    Without a time limit nothing depends on the clock, so equal seeds and limits give equal ledgers.

    Args:
        spec: The algorithm.
        table: Features and target.
        problem: The problem.
        branch: The branch, which holds the limits and the seed.
        folder: Folder to write each trial to as it ends.
        deadline: When the search must have ended.
    """

    def __init__(
        self,
        spec: AlgorithmSpec,
        table: FeatureTable,
        *,
        problem: Problem,
        branch: BranchSpec,
        folder: CandidateFolder,
        deadline: Deadline,
    ) -> None:
        self._spec, self._table, self._problem = spec, table, problem
        self._branch, self._folder, self._deadline = branch, folder, deadline
        self._metric = problem_metric(problem)
        self._folds = make_folds(problem, y=table.y, group=table.group, time=table.time)
        self._choices = ColumnChoices(table, problem=problem, folds=self._folds, seed=problem.seed)
        self._encodings = Encodings(
            spec, table, problem=problem, folds=self._folds, seed=branch.seed, choices=self._choices
        )
        self._widest: ColumnRule = "all" if spec.name == BASELINE else self._choices.widest
        self._encodings.choose(self._widest)
        self._limits = SearchLimits(branch, spec, deadline=deadline)
        self._pacing = Pacing(
            spec, self._encodings, problem=problem, limits=self._limits, threads=branch.n_jobs
        )
        self._trials: list[Trial] = []
        self._kept: list[FittedTrial] = []
        self._since_gain = 0
        self._too_dear = 0
        self._started = time.time()

    def run(self) -> list[Trial]:
        """Run the search and return the ledger, which contains at least one trial."""
        import_libraries(self._spec, self._problem)
        self._limit_encoding_time()
        for plan in self._plans():
            if not self._trials:
                plan = replace(plan, parameters=self._pacing.first(plan.parameters))
            elif not self._pacing.affords(plan.parameters):
                self._too_dear += 1
                if self._too_dear >= _TOO_DEAR:
                    break
                continue
            self._too_dear = 0
            trial = self._try(plan)
            self._trials.append(trial)
            self._folder.log(trial)
            self._emit(trial)
            if self._limits.reached(self._trials, since_gain=self._since_gain, at_target=self._at_target()):
                break
        return self._trials

    @property
    def note(self) -> str:
        """What the user should know about the training of the models; empty if all went as planned."""
        notes = [self._pacing.note]
        if self._kept and self._trials[self._kept[0].number].cut:
            notes.append(CUT_SHORT)
        return " ".join(filter(None, notes))

    @property
    def best(self) -> float | None:
        """The best score so far."""
        return self._kept[0].score if self._kept else None

    def _plans(self) -> Iterator[Plan]:
        known, widest = self._known(), self._widest
        for origin, parameters in known[:1]:
            yield Plan(origin, parameters, widest)
            if (
                self._trials[0].parameters != parameters
            ):  # It was made cheaper, and may fit now that its pace is known.
                yield Plan(origin, parameters, widest)
        choosing = self._worth_choosing()
        if choosing:
            yield self._again("relevant")
        for origin, parameters in known[1:]:
            yield Plan(origin, parameters, self._columns())
        if choosing and self._worth_shortening():
            yield self._again("shortest")
        if self._spec.search_space:
            yield from self._suggested(self._columns())

    def _known(self) -> list[tuple[Origin, dict[str, Any]]]:
        """Return the configurations that are given: replays and the portfolio, each once."""
        replays = [_whole_numbers(given, self._spec) for given in self._branch.configurations]
        found: list[tuple[Origin, dict[str, Any]]] = []
        for origin, configurations in (("replay", replays), ("portfolio", self._spec.portfolio)):
            for given in configurations:
                if all(given != parameters for _, parameters in found):
                    found.append((cast(Origin, origin), dict(given)))
        return found

    def _suggested(self, columns: ColumnRule) -> Iterator[Plan]:
        suggestions = Suggestions(self._spec, seed=self._branch.seed, by_chance=self._spec.by_group)
        for trial in self._trials:
            suggestions.learn(trial.parameters, self._utility(trial))
        while (parameters := suggestions.ask()) is not None:
            yield Plan("search", parameters, columns)
            suggestions.tell(None if self._too_dear else self._utility(self._trials[-1]))

    def _columns(self) -> ColumnRule:
        """Return how the best trial so far has chosen its columns."""
        return self._kept[0].columns.how if self._kept else self._widest

    def _again(self, columns: ColumnRule) -> Plan:
        """Return the best configuration so far with other columns."""
        return Plan("features", self._kept[0].parameters, columns)

    def _worth_choosing(self) -> bool:
        """Whether there are columns to leave out, and time to choose them in every fold."""
        if self._spec.name == BASELINE or not self._kept or not self._choices.possible:
            return False
        choice = self._chosen_in_time("relevant")
        if choice is None:
            return False
        return len(choice.irrelevant) >= _LEFT_OUT * (len(choice.irrelevant) + len(choice.used))

    def _worth_shortening(self) -> bool:
        """Whether fewer columns than the relevant ones may do, and there is time to choose them in every fold."""
        choice = self._chosen_in_time("shortest")
        return choice is not None and bool(choice.spare)

    def _chosen_in_time(self, columns: ColumnRule) -> ColumnChoice | None:
        """Return the columns of the model of all rows, or ``None`` if it would take too long to choose in all folds."""
        allowed = _CHOOSING_SHARE * self._deadline.remaining() / len(self._folds)
        if self._encodings.seconds_each() + self._choices.expected_seconds() > allowed:
            return None
        try:
            with interrupted_at(self._limits.interruption(first=False)):
                choice = self._choices.describe(columns, self._encodings.of_model)
        except Exception:  # The models can do with all columns.
            return None
        return choice if self._choices.expected_seconds() <= allowed else None

    def _utility(self, trial: Trial) -> float | None:
        """Return the value for the sampler: the score, or the mean over the fitted folds of a pruned trial."""
        if trial.score is not None:
            return self._metric.utility(trial.score)
        if trial.outcome != "pruned" or not trial.fold_scores:
            return None
        return self._metric.utility(math.fsum(trial.fold_scores) / len(trial.fold_scores))

    def _try(self, plan: Plan) -> Trial:
        began, encoding = time.time(), self._encodings.spent
        self._encodings.choose(plan.columns)
        scores: list[float] = []

        def on_fold(fold: int, score: float) -> None:
            scores.append(score)
            if plan.origin == "search" and not self._spec.by_group:
                prune(scores, self._trials, metric=self._metric, n_folds=len(self._folds))

        attempt = self._attempt(plan.parameters, on_fold)
        trial = Trial(
            algorithm=self._spec.name,
            number=len(self._trials),
            parameters=plan.parameters,
            origin=plan.origin,
            outcome=attempt.outcome,
            score=attempt.scored.score if attempt.scored else None,
            fold_scores=tuple(score for score in scores if math.isfinite(score)),
            seconds=time.time() - began,
            at=time.time() - self._started,
            reason=attempt.reason,
            columns=plan.columns,
            usual=round(self._pacing.usual(plan.parameters), 3),
            cut=bool(attempt.scored and attempt.scored.cut),
        )
        if trial.outcome == "complete":
            self._pacing.learn(plan.parameters, trial.seconds - (self._encodings.spent - encoding))
        self._keep(trial, attempt)
        return trial

    def _attempt(self, parameters: Mapping[str, Any], on_fold: OnFold) -> _Attempt:
        """Fit a configuration. No error of a single configuration may end the search."""
        try:
            with interrupted_at(self._limits.interruption(first=not self._kept)):
                return self._fit(parameters, on_fold)
        except PrunedError as pruned:
            return _Attempt("pruned", reason=str(pruned))
        except OutOfTimeError as late:
            return _Attempt("timeout", reason=late.message)
        except MemoryError:
            return _Attempt("failed", reason="It ran out of memory.")
        except TrainingError as error:
            return _Attempt("failed", reason=str(error))
        except Exception as error:
            return _Attempt("failed", reason=_one_line(f"{type(error).__name__}: {error}"))

    def _fit(self, parameters: Mapping[str, Any], on_fold: OnFold) -> _Attempt:
        """Score a configuration on all folds. If it ranks among the best, keep its model, or fit one on all rows."""
        branch, deadline = self._branch, self._limits.end_of_trial()
        fitter = Fitter(
            self._spec,
            parameters,
            self._table,
            problem=self._problem,
            seed=branch.seed,
            n_jobs=branch.n_jobs,
        )
        began = time.time()
        scored = cross_validate(
            fitter,
            self._encodings,
            deadline=deadline,
            on_fold=on_fold,
            # One shard must not decide what is done to the predictions of all.
            sharpen=branch.shards == 1,
        )
        if not math.isfinite(scored.score):
            return _Attempt("failed", reason=f"{self._metric.title} is undefined for its predictions.")
        if len(self._better(scored)) >= branch.keep:
            return _Attempt("complete", scored)
        per_row = (time.time() - began) / sum(len(train) for train, _ in self._folds)
        return _Attempt("complete", scored, self._model(fitter, scored, deadline, per_row))

    def _model(
        self, fitter: Fitter, scored: CrossValidated, deadline: Deadline, per_row: float
    ) -> FittedModel:
        """Return the model of a holdout, or one of all rows.

        If the branch has no other, it may be late and is cut short. One that compresses its schedule gets about what
        the folds got for each row, because they would say too little about a model with more.

        Args:
            fitter: Fits the configuration.
            scored: What the folds gave.
            deadline: When the trial should end.
            per_row: Seconds that the folds took for each row that they learned from.
        """
        if scored.fitted is not None:
            return scored.fitted
        how: dict[str, Any] = {"rounds": scored.rounds, "sharpness": scored.sharpness}
        if self._kept:
            return fitter.fit_all(self._encodings, deadline=deadline, **how)
        last = Deadline(self._limits.interruption(first=True).at - _LAST_SECONDS).share(1 - _LAST_SHARE)
        if self._spec.compresses:
            last = last.earlier(
                Deadline.after(max(deadline.remaining(), _MORE * per_row * len(self._table.y)))
            )
        return fitter.fit_all(self._encodings, deadline=last, complete=False, **how)

    def _keep(self, trial: Trial, attempt: _Attempt) -> None:
        self._since_gain += 1
        if attempt.scored is None or attempt.fitted is None:
            return
        better = self._better(attempt.scored)
        if not better:
            self._since_gain = 0
        columns = self._choices.describe(trial.columns, self._encodings.of_model)
        self._folder.keep(
            trial, attempt.scored, attempt.fitted, columns=columns, better=better, most=self._branch.keep
        )
        self._kept = list(self._folder.candidate.kept)

    def _better(self, scored: CrossValidated) -> list[FittedTrial]:
        """Return the kept trials that are at least as good."""
        utility = self._metric.utility(scored.score)
        return [one for one in self._kept if self._metric.utility(one.score) >= utility]

    def _at_target(self) -> bool:
        target = self._branch.target_score
        if target is None or self.best is None:
            return False
        return self._metric.utility(self.best) >= self._metric.utility(target)

    def _limit_encoding_time(self) -> None:
        """Use fewer rows if encoding all of them would take the time that fitting needs."""
        remaining = self._deadline.remaining()
        if math.isinf(remaining) or not self._spec.samples_rows:
            return
        allowed = _ENCODING_SHARE * remaining / len(self._folds)
        needed = self._encodings.expected_seconds(0, sample=_SAMPLE_ROWS)
        if needed < remaining / 2:
            needed = self._seconds_to_encode(0)
        if allowed < needed < remaining / 4 and len(self._folds) > 1:
            # Encoders may remember what they have seen, so that the first fold takes longest.
            needed += (self._seconds_to_encode(1) - needed) * (1 - 1 / len(self._folds))
        if needed > allowed and self._encodings.largest_fold() > _SAMPLE_ROWS:
            self._encodings.limit_rows(
                max(_SAMPLE_ROWS, int(self._encodings.largest_fold() * allowed / needed))
            )

    def _seconds_to_encode(self, fold: int) -> float:
        began = time.time()
        with interrupted_at(self._limits.interruption(first=True)):
            _ = self._encodings[fold]
        return time.time() - began

    def _emit(self, trial: Trial) -> None:
        emit(
            "trial_finished",
            algorithm=self._branch.name,
            number=trial.number,
            outcome=trial.outcome,
            score=trial.score,
            best=self.best,
            seconds=round(trial.seconds, 3),
            usual=trial.usual,
            cut=trial.cut,
        )


def _whole_numbers(parameters: Mapping[str, Any], spec: AlgorithmSpec) -> dict[str, Any]:
    """Convert parameters read from JSON, where an integer may have become a float, to the types of the search space."""
    whole = {name for name, dimension in spec.search_space.items() if isinstance(dimension, Int)}
    return {name: round(value) if name in whole else value for name, value in parameters.items()}


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]
