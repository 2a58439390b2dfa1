"""The search over one algorithm's configurations."""

import math
import statistics
import time
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from podium_ml.algorithms import AlgorithmSpec, Categorical, Float, Int
from podium_ml.budget import Deadline
from podium_ml.contracts import BranchSpec, FittedTrial, Problem, Trial
from podium_ml.events import emit
from podium_ml.featurization.feature_table import FeatureTable
from podium_ml.metrics import resolve_metric
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.encodings import FoldEncodings
from podium_ml.training.fit import Bag, fit_bag
from podium_ml.validation.folds import make_folds

Origin = Literal["default", "portfolio", "search", "replay"]
# Trials without gain after which a search ends by itself: with a time limit, and with no limit at all.
_PATIENCE, _PATIENCE_UNLIMITED = 30, 10
# Completed trials before unpromising ones are given up between folds.
_TRIALS_BEFORE_PRUNING = 4
# A trial is begun only if this much of its expected time is left.
_WORTH_STARTING = 0.9


class Pruned(Exception):  # noqa: N818 - a signal, not an error
    """A trial was given up between folds."""


class Search:
    """Tries configurations until a limit is reached: those to replay, the portfolio, then what Optuna's TPE suggests.

    Without a time limit nothing depends on the clock: equal seeds and limits give equal ledgers.

    Args:
        spec: The algorithm.
        table: Features and target.
        problem: The problem.
        branch: Limits and seed.
        folder: Where trials are kept as they end.
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
        self._metric = resolve_metric(problem.metric, problem.task)
        self._folds = make_folds(problem, y=table.y, group=table.group, time=table.time)
        self._encodings = FoldEncodings(spec, table, problem=problem, folds=self._folds, seed=branch.seed)
        self._trials: list[Trial] = []
        self._kept: list[FittedTrial] = []
        self._since_gain = 0
        self._started = time.time()

    def run(self) -> list[Trial]:
        """Search, and return the ledger."""
        for origin, parameters in self._configurations():
            trial = self._try(origin, parameters)
            self._trials.append(trial)
            self._folder.log(trial)
            self._tell(trial)
            if self._done():
                break
        return self._trials

    @property
    def best(self) -> float | None:
        """The best score so far."""
        return self._kept[0].score if self._kept else None

    def _configurations(self) -> Iterator[tuple[Origin, dict[str, Any]]]:
        known = [("replay", dict(one)) for one in self._branch.configurations]
        known += [("portfolio", dict(one)) for one in self._spec.portfolio]
        seen: list[dict[str, Any]] = []
        for origin, parameters in known:
            if parameters not in seen:
                seen.append(parameters)
                yield origin, parameters  # type: ignore[misc]
        if self._spec.search_space:
            yield from self._suggested()

    def _suggested(self) -> Iterator[tuple[Origin, dict[str, Any]]]:
        """Ask Optuna's tree-structured Parzen estimator (Bergstra et al. 2011), told of all trials before."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(seed=self._branch.seed, n_startup_trials=5, multivariate=True)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        while True:
            asked = study.ask()
            parameters = {name: _suggest(asked, name, one) for name, one in self._spec.search_space.items()}
            yield "search", parameters
            last = self._trials[-1]
            value = self._utility(last)
            state = optuna.trial.TrialState.COMPLETE if value is not None else optuna.trial.TrialState.FAIL
            study.tell(asked, value, state=state)

    def _utility(self, trial: Trial) -> float | None:
        """What Optuna is told: the score, or for a pruned trial the mean of the folds that it had."""
        if trial.score is not None:
            return self._metric.utility(trial.score)
        return self._metric.utility(statistics.fmean(trial.fold_scores)) if trial.fold_scores else None

    def _try(self, origin: Origin, parameters: dict[str, Any]) -> Trial:
        number, began, scores = len(self._trials), time.time(), []

        def on_fold(fold: int, score: float) -> None:
            scores.append(score)
            if origin == "search" and fold + 1 < len(self._folds):
                self._prune(scores)

        outcome: Literal["complete", "pruned", "failed"] = "complete"
        bag, reason = None, ""
        try:
            bag = self._fit(parameters, on_fold)
        except Pruned as pruned:
            outcome, reason = "pruned", str(pruned)
        except MemoryError:
            raise
        except Exception as error:  # one bad configuration must not end the search
            outcome, reason = "failed", f"{type(error).__name__}: {error}"[:300]
        if bag is not None and not math.isfinite(bag.score):
            bag, outcome, reason = None, "failed", f"{self._metric.title} is undefined for its predictions."
        trial = Trial(
            algorithm=self._spec.name,
            number=number,
            parameters=parameters,
            origin=origin,
            outcome=outcome,
            score=bag.score if bag else None,
            fold_scores=tuple(score for score in scores if math.isfinite(score)),
            seconds=time.time() - began,
            at=time.time() - self._started,
            reason=reason,
        )
        self._keep(trial, bag)
        return trial

    def _fit(self, parameters: Mapping[str, Any], on_fold: Any) -> Bag:
        timeout = Deadline.after(self._branch.trial_timeout)
        return fit_bag(
            self._spec,
            parameters,
            self._table,
            problem=self._problem,
            folds=self._folds,
            seed=self._branch.seed,
            n_jobs=self._branch.n_jobs,
            deadline=self._deadline.earlier(timeout),
            encodings=self._encodings,
            on_fold=on_fold,
        )

    def _keep(self, trial: Trial, bag: Bag | None) -> None:
        self._since_gain += 1
        if bag is None:
            return
        utility = self._metric.utility(bag.score)
        better = [one for one in self._kept if self._metric.utility(one.score) >= utility]
        if not better:
            self._since_gain = 0
        if len(better) < self._branch.keep:
            self._folder.keep(trial, bag, better=better, most=self._branch.keep)
            self._kept = list(self._folder.candidate.kept)

    def _prune(self, scores: list[float]) -> None:
        """Give a trial up when, on the folds so far, it does worse than the median of the completed ones.

        Raises:
            Pruned: It does.
        """
        done = [one.fold_scores for one in self._trials if one.outcome == "complete"]
        done = [one for one in done if len(one) == len(self._folds)]
        if len(done) < _TRIALS_BEFORE_PRUNING:
            return
        so_far = len(scores)
        others = [self._metric.utility(statistics.fmean(one[:so_far])) for one in done]
        if self._metric.utility(statistics.fmean(scores)) < statistics.median(others):
            raise Pruned(f"Worse than the median after fold {so_far} of {len(self._folds)}.")

    def _done(self) -> bool:
        branch = self._branch
        if branch.max_trials and len(self._trials) >= branch.max_trials:
            return True
        if self._reached(branch.target_score):
            return True
        if self._since_gain >= self._patience() and len(self._trials) >= len(self._spec.portfolio):
            return True
        return self._deadline.remaining() < _WORTH_STARTING * self._expected_seconds()

    def _reached(self, target: float | None) -> bool:
        if target is None or self.best is None:
            return False
        return self._metric.utility(self.best) >= self._metric.utility(target)

    def _patience(self) -> float:
        if self._branch.patience:
            return self._branch.patience
        if self._branch.max_trials:
            return math.inf
        return _PATIENCE if self._branch.time_limit else _PATIENCE_UNLIMITED

    def _expected_seconds(self) -> float:
        """Seconds that the next trial will take, as the completed ones did."""
        done = [trial.seconds for trial in self._trials if trial.outcome == "complete"]
        return statistics.median(done) if done else 0.0

    def _tell(self, trial: Trial) -> None:
        emit(
            "trial_finished",
            algorithm=trial.algorithm,
            number=trial.number,
            outcome=trial.outcome,
            score=trial.score,
            best=self.best,
            seconds=round(trial.seconds, 3),
        )


def _suggest(trial: Any, name: str, dimension: Any) -> Any:
    if isinstance(dimension, Int):
        return trial.suggest_int(name, dimension.low, dimension.high, log=dimension.log)
    if isinstance(dimension, Float):
        return trial.suggest_float(name, dimension.low, dimension.high, log=dimension.log)
    assert isinstance(dimension, Categorical)
    return trial.suggest_categorical(name, list(dimension.choices))
