"""Where the artifacts of a local run are, from which its models are put together again."""

from pathlib import Path
from typing import Any

from podium.run_folder import RunFolder
from podium_ml.errors import RunError

_FILES = {
    "problem": "validate-data/problem",
    "train": "validate-data/train",
    "features": "featurize-data/features",
    "featurizer": "featurize-data/featurizer",
    "model": "select-model/model",
}
_CANDIDATES = "*/*/train-candidate/candidate"
# Below the artifacts, where those of a run on a server are fetched to.
FETCHED_TO = "fetched"


def model_artifacts(folder: RunFolder) -> dict[str, Any]:
    """Return the paths that ``podium_ml.selection.alternatives.other_model`` takes.

    Args:
        folder: A run on this machine.

    Raises:
        RunError: They are not on this machine, or the run has no models yet.
    """
    found = {name: _newest(folder, f"*/{path}") for name, path in _FILES.items()}
    # A task of a cancelled attempt leaves its candidate half-written.
    candidates = sorted(
        (path for path in folder.artifacts.glob(_CANDIDATES) if _is_complete(path, folder)), key=_made
    )
    if not candidates or None in found.values():
        raise RunError(
            f"{folder.path} holds the chosen model alone.",
            "Other models can be handed over by the machine that trained them, once the run has succeeded; those of a "
            "run on a server are fetched by `podium fetch`.",
        )
    return {**found, "candidates": candidates}


def registration_facts(folder: RunFolder) -> dict[str, Any]:
    """Return what ``podium_ml.champions.registration.register_model`` records of a run.

    Args:
        folder: A run on this machine.

    Raises:
        RunError: The artifacts are not on this machine.
    """
    from podium_ml.contracts import Profile
    from podium_ml.stages.challenge_champion import seen_rows
    from podium_ml.training.candidate_folder import CandidateFolder

    paths = model_artifacts(folder)
    evaluation = _newest(folder, "*/evaluate-models/evaluation")
    return {
        "profile": Profile.load(paths["problem"].parent / "validation" / "profile.json"),
        "candidates": [CandidateFolder(path).candidate for path in paths["candidates"]],
        # The test rows have helped to choose it, so they must not decide about its champion either.
        "seen_rows": seen_rows(str(evaluation), with_test=True) if evaluation else None,
    }


def has_artifacts(folder: RunFolder) -> bool:
    """Whether all models of a run can be put together on this machine."""
    try:
        return bool(model_artifacts(folder))
    except RunError:
        return False


def _is_complete(candidate: Path, folder: RunFolder) -> bool:
    # KFP writes this file when the task has ended; what comes from a server was complete there.
    ended = candidate.with_name("executor_output.json").is_file()
    return ended or candidate.is_relative_to(folder.artifacts / FETCHED_TO)


def _newest(folder: RunFolder, pattern: str) -> Path | None:
    """Return what the last attempt wrote."""
    return max(folder.artifacts.glob(pattern), key=_made, default=None)


def _made(path: Path) -> int:
    return path.stat().st_mtime_ns
