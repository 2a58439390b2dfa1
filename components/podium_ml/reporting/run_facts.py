"""Everything that a report tells, read from what the stages wrote."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from podium_ml.contracts import (
    BranchSpec,
    Candidate,
    Decision,
    Ensemble,
    Evaluation,
    Explanation,
    GuardrailResult,
    Problem,
    Profile,
    Selection,
    Trial,
)
from podium_ml.ensembling import describe
from podium_ml.training.candidate_folder import CandidateFolder


@dataclass(frozen=True)
class RunFacts:
    """One finished run.

    Attributes:
        settings: What the user asked for: fields of ``Settings``.
        ingestion: What was read and inferred: the content of ``ingestion.json``.
        problem: The problem.
        profile: Statistics of the training rows.
        guardrails: What the guardrails saw and did.
        plan: The branches.
        skipped: Algorithms that did not run: ``algorithm`` and ``reason``.
        warnings: What the planner warned of.
        candidates: What the branches handed over.
        trials: All trials, in the order of the branches.
        ensembles: The ensembles.
        selection: The choice.
        evaluation: Scores of every model.
        explanation: What drives the chosen model.
        refit: ``refitted`` and ``reason``.
        decision: Whether the model is to become the champion, or ``None`` if that was not asked.
        timings: Stages and their seconds, if anybody measured them.
    """

    settings: dict[str, Any]
    ingestion: dict[str, Any]
    problem: Problem
    profile: Profile
    guardrails: tuple[GuardrailResult, ...]
    plan: tuple[BranchSpec, ...]
    skipped: tuple[dict[str, str], ...]
    warnings: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    trials: tuple[Trial, ...]
    ensembles: tuple[Ensemble, ...]
    selection: Selection
    evaluation: Evaluation
    explanation: Explanation
    refit: dict[str, Any] = field(default_factory=dict)
    decision: Decision | None = None
    timings: tuple[tuple[str, float], ...] = ()


def read_facts(
    *,
    settings: dict[str, Any],
    ingestion: str,
    problem: str,
    profile: str,
    guardrail_results: str,
    plan: Sequence[dict[str, Any]],
    skipped: str,
    candidates: Sequence[str],
    ensemble: str,
    model: str,
    refitted: str,
    evaluation: str,
    explanation: str,
    decision: str = "",
    timings: Sequence[tuple[str, float]] = (),
) -> RunFacts:
    """Read the artifacts of a run; arguments are their paths, as ``publish_run`` gets them."""
    folders = [CandidateFolder(path) for path in candidates]
    planned, results = _json(Path(skipped)), _json(Path(guardrail_results))
    chosen = Selection.load(Path(model) / "selection.json")
    return RunFacts(
        settings=settings,
        ingestion=_json(Path(ingestion) / "ingestion.json"),
        problem=Problem.load(problem),
        profile=Profile.load(profile),
        guardrails=tuple(GuardrailResult.from_dict(result) for result in results),
        plan=tuple(BranchSpec.from_dict(branch) for branch in plan),
        skipped=tuple(planned.get("skipped", ())),
        warnings=tuple(planned.get("warnings", ())),
        candidates=tuple(folder.candidate for folder in folders),
        trials=tuple(trial for folder in folders for trial in folder.trials()),
        ensembles=tuple(describe(ensemble)),
        selection=chosen,
        evaluation=Evaluation.load(Path(evaluation) / "evaluation.json"),
        explanation=_explanation(Path(explanation) / "explanation.json", chosen.chosen),
        refit=_json(Path(refitted) / "refit.json"),
        decision=Decision.load(Path(decision) / "decision.json") if decision else None,
        timings=tuple((str(stage), float(seconds)) for stage, seconds in timings),
    )


def _json(path: Path) -> Any:
    """Return a file's content; nothing where there is no file: a report with a gap is better than none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _explanation(path: Path, model: str) -> Explanation:
    if path.exists():
        return Explanation.load(path)
    return Explanation.absent(model, metric="", note="The model was not explained.")
