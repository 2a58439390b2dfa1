"""Everything a report needs, read from the artifacts of the stages."""

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
    ModelImportances,
    Problem,
    Profile,
    Selection,
    Trial,
)
from podium_ml.ensembling import ENSEMBLES, describe
from podium_ml.explanation import IMPORTANCES
from podium_ml.refitting.handover import REFIT
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.shards import joined_folders


@dataclass(frozen=True)
class RunFacts:
    """One finished run.

    Attributes:
        settings: The user's settings: fields of ``Settings``.
        ingestion: What was read and inferred: the content of ``ingestion.json``.
        problem: The problem.
        profile: Statistics of the training rows.
        guardrails: Results of the guardrails.
        plan: The branches.
        skipped: Algorithms that did not run: ``algorithm`` and ``reason``.
        warnings: Warnings of the planner.
        candidates: Results of the branches.
        trials: All trials, in the order of the branches.
        ensembles: The ensembles.
        selection: The chosen model and why it was chosen.
        evaluation: Scores of every model.
        explanation: What drives the chosen model.
        importances: What each model relies on; empty in runs of earlier versions.
        refit: ``refitted`` and ``reason``.
        decision: Whether the model becomes the champion, or ``None`` if there was no challenge.
        seconds: Wall-clock seconds from the start of the run until now, when its results are published, or ``None`` if
            unknown. It is the only figure that reports and the command line call the time of the run.
        timings: Stages and their wall-clock seconds, if they were measured.
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
    importances: ModelImportances = field(default_factory=lambda: ModelImportances({}))
    refit: dict[str, Any] = field(default_factory=dict)
    decision: Decision | None = None
    seconds: float | None = None
    timings: tuple[tuple[str, float], ...] = ()


def read_facts(
    *,
    settings: dict[str, Any],
    problem: str,
    validation: str,
    plan: str,
    candidates: Sequence[str],
    model: str,
    evaluation: str,
    finished: str,
    seconds: float | None = None,
    timings: Sequence[tuple[str, float]] = (),
) -> RunFacts:
    """Read the artifacts of a run; the arguments are the paths that ``publish_run`` receives."""
    folders = [CandidateFolder(path) for path in joined_folders(candidates, model)]
    planned, validated = _json(Path(plan)), Path(validation)
    chosen, decision = Selection.load(Path(model) / "selection.json"), Path(evaluation) / "decision.json"
    return RunFacts(
        settings=settings,
        ingestion=_json(validated / "ingestion.json"),
        problem=Problem.load(problem),
        profile=Profile.load(validated / "profile.json"),
        guardrails=tuple(GuardrailResult.from_dict(one) for one in _json(validated / "guardrails.json")),
        plan=tuple(BranchSpec.from_dict(branch) for branch in planned.get("plan", ())),
        skipped=tuple(planned.get("skipped", ())),
        warnings=tuple(planned.get("warnings", ())),
        candidates=tuple(folder.candidate for folder in folders),
        trials=tuple(trial for folder in folders for trial in folder.trials()),
        ensembles=tuple(describe(Path(model) / ENSEMBLES)),
        selection=chosen,
        evaluation=Evaluation.load(Path(evaluation) / "evaluation.json"),
        explanation=_explanation(Path(finished) / "explanation.json", chosen.chosen),
        importances=_importances(Path(evaluation) / IMPORTANCES),
        refit=_json(Path(finished) / REFIT),
        decision=Decision.load(decision) if decision.exists() else None,
        seconds=seconds,
        timings=tuple((str(stage), float(seconds)) for stage, seconds in timings),
    )


def _json(path: Path) -> Any:
    """Return a file's content, or ``{}`` if there is no file: a report with a gap is better than no report."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _explanation(path: Path, model: str) -> Explanation:
    if path.exists():
        return Explanation.load(path)
    return Explanation.absent(model, metric="", note="The model was not explained.")


def _importances(path: Path) -> ModelImportances:
    return ModelImportances.load(path) if path.exists() else ModelImportances({})
