"""The choice among all models under the user's limits."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.algorithms import ALGORITHMS
from podium_ml.budget import Deadline
from podium_ml.contracts import ModelChoice, Problem
from podium_ml.ensembling import describe, load_oof
from podium_ml.ensembling import load as load_ensembles
from podium_ml.errors import TrainingError
from podium_ml.metrics import Metric, resolve_metric
from podium_ml.predictor import Predictor
from podium_ml.quantities import parse_duration, parse_size
from podium_ml.requirements import requirements_of
from podium_ml.training.candidate_folder import CandidateFolder

_LATENCY_ROWS = 3


@dataclass(frozen=True)
class Limits:
    """What a model must keep within.

    Attributes:
        latency: Seconds to predict one row, or ``None``.
        size: Bytes of the saved model, or ``None``.
        interpretable: Whether only models that explain themselves will do.
    """

    latency: float | None = None
    size: int | None = None
    interpretable: bool = False

    @classmethod
    def parse(cls, constraints: dict[str, Any]) -> "Limits":
        """Read ``max_latency``, ``max_memory`` and ``interpretable`` as users write them."""
        latency, size = constraints.get("max_latency"), constraints.get("max_memory")
        return cls(
            latency=parse_duration(latency) if latency else None,
            size=parse_size(size) if size else None,
            interpretable=bool(constraints.get("interpretable")),
        )

    def reason_against(self, *, seconds: float, size: int, interpretable: bool) -> str:
        """Return which limit a model breaks, or an empty text."""
        if self.interpretable and not interpretable:
            return "Its predictions cannot be read off the model."
        if self.latency is not None and seconds > self.latency:
            return f"Takes {seconds * 1000:.3g} ms for one row; the limit is {self.latency * 1000:.3g} ms."
        if self.size is not None and size > self.size:
            return f"Takes {size / 2**20:.3g} MiB; the limit is {self.size / 2**20:.3g} MiB."
        return ""


@dataclass(frozen=True)
class Contender:
    """A model that may be chosen.

    Attributes:
        choice: What the report says of it.
        oof: Its out-of-fold predictions of all training rows.
        model: The model.
    """

    choice: ModelChoice
    oof: np.ndarray
    model: Any


class Field:
    """All models of a run.

    Args:
        problem: The problem.
        featurizer: The shared transformation.
        rows: A few raw training rows to measure latency on.
        limits: The user's limits.
        deadline: When latency is no longer measured, unless it is limited.
    """

    def __init__(
        self,
        problem: Problem,
        featurizer: Any,
        rows: pd.DataFrame,
        limits: Limits,
        *,
        deadline: Deadline | None = None,
    ) -> None:
        self._problem, self._featurizer, self._rows, self._limits = problem, featurizer, rows, limits
        self._deadline = deadline or Deadline()
        self._latencies: dict[str, float] = {}
        self._metric = resolve_metric(problem.metric, problem.task)
        self.failed: list[ModelChoice] = []
        self.contenders: list[Contender] = []

    def gather(self, candidates: Sequence[str | Path], ensemble: str | Path) -> "Field":
        """Read the candidates' best trials and the ensembles, best first; ties go to the simpler model."""
        fit_seconds: dict[tuple[str, int], float] = {}
        for folder in map(CandidateFolder, candidates):
            candidate = folder.candidate
            if not candidate.kept:
                self.failed.append(
                    ModelChoice(candidate.algorithm, None, eligible=False, reason=candidate.reason)
                )
                continue
            best, spec = candidate.kept[0], ALGORITHMS[candidate.algorithm]
            fit_seconds |= {(candidate.algorithm, one.number): one.fit_seconds for one in candidate.kept}
            oof, model = folder.load_oof(best.number), folder.load_model(best.number)
            seconds, size = best.fit_seconds, best.size_bytes
            self._add(spec.name, best.score, oof, model, seconds, size, spec.interpretable)
        sizes = _sizes(candidates)
        models = load_ensembles(ensemble, candidates)
        for one in describe(ensemble):
            keys = [(member.algorithm, member.trial) for member in one.members]
            size = sum(sizes[key] for key in keys)
            seconds = sum(fit_seconds[key] for key in keys)
            self._add(
                one.name, one.score, load_oof(ensemble, one.name), models[one.name], seconds, size, False
            )
        self.contenders.sort(
            key=lambda c: (-self._metric.utility(c.choice.score or 0.0), c.choice.fit_seconds)
        )
        return self

    def winner(self) -> Contender:
        """Return the best model within the limits.

        Raises:
            TrainingError: There is none.
        """
        for contender in self.contenders:
            if contender.choice.eligible:
                return contender
        reasons = "; ".join(f"{c.choice.name}: {c.choice.reason.rstrip('.')}" for c in self.contenders)
        raise TrainingError(
            f"No model keeps within the limits. {reasons}.", "Loosen max_latency or max_memory."
        )

    def _add(
        self,
        name: str,
        score: float,
        oof: np.ndarray,
        model: Any,
        fit_seconds: float,
        size: int,
        interpretable: bool,
    ) -> None:
        seconds = self._latency(name, model)
        reason = self._limits.reason_against(seconds=seconds, size=size, interpretable=interpretable)
        choice = ModelChoice(
            name=name,
            score=score,
            fit_seconds=fit_seconds,
            predict_milliseconds=seconds * 1000,
            size_bytes=size,
            eligible=not reason,
            reason=reason,
            interpretable=interpretable,
        )
        self.contenders.append(Contender(choice, oof, model))

    def _latency(self, name: str, model: Any) -> float:
        """Return the seconds to predict one row alone, from the user's columns to the prediction.

        Measured where that decides; else an ensemble takes what its members take together, and what there is no time
        to measure counts as 0.
        """
        members = getattr(model, "members", ())
        if members and self._limits.latency is None:
            return sum(self._latencies.get(member.algorithm, 0.0) for member in members)
        if self._deadline.passed() and self._limits.latency is None:
            return 0.0
        self._latencies[name] = self._measure(model)
        return self._latencies[name]

    def _measure(self, model: Any) -> float:
        predictor = Predictor(self._problem, self._featurizer, model, name="")
        times = []
        for position in range(min(_LATENCY_ROWS, len(self._rows))):
            row = self._rows.iloc[[position]]
            began = time.perf_counter()
            predictor.predict(row)
            times.append(time.perf_counter() - began)
        return float(np.median(times)) if times else 0.0


def explain_choice(winner: Contender, contenders: Sequence[Contender], metric: Metric) -> str:
    """Return in one sentence why a model was chosen."""
    name, score = winner.choice.name, winner.choice.score
    passed_over = [c for c in contenders if not c.choice.eligible and _better(c, winner, metric)]
    text = f"{name} has the best out-of-fold {metric.title} ({score:.5g})"
    if passed_over:
        return f"{text} of the models within the limits; better ones break them: {_names(passed_over)}."
    rest = [c for c in contenders if c is not winner and c.choice.eligible]
    if rest:
        text += f"; next is {rest[0].choice.name} ({rest[0].choice.score:.5g})"
    if name == "baseline" and rest:
        text += "; no model beats guessing, so the columns may not tell the target"
    return f"{text}."


def make_predictor(
    problem: Problem, featurizer: Any, contender: Contender, *, sample: pd.DataFrame, **corrections: Any
) -> Predictor:
    """Return the predictor of a contender; ``corrections`` are a calibrator and a threshold."""
    members = getattr(contender.model, "members", (contender.model,))
    modules = {module for member in members for module in ALGORITHMS[member.algorithm].requires}
    return Predictor(
        problem,
        featurizer,
        contender.model,
        name=contender.choice.name,
        sample=sample,
        requirements=requirements_of((featurizer, contender.model), modules=modules),
        **corrections,
    )


def _sizes(candidates: Sequence[str | Path]) -> dict[tuple[str, int], int]:
    found = [CandidateFolder(path).candidate for path in candidates]
    return {(one.algorithm, trial.number): trial.size_bytes for one in found for trial in one.kept}


def _better(one: Contender, other: Contender, metric: Metric) -> bool:
    return metric.utility(one.choice.score or 0.0) > metric.utility(other.choice.score or 0.0)


def _names(contenders: Sequence[Contender]) -> str:
    return ", ".join(c.choice.name for c in contenders)
