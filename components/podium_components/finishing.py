"""Runs the two stages of ``finish_model`` in parallel. If the refit fails, the run loses nothing but the refit."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from podium_components.supervision import StageFailedError, reported, run_stage, supervise
from podium_ml.refitting.handover import MODEL, record_refit
from podium_ml.run.budget import stage_timeout
from podium_ml.training.failure_notes import mark_failure


def explain_and_refit(
    *, candidates: list[str], problem: str, weights: str, refit: bool, finished: str, **shared: Any
) -> dict[str, Any]:
    """Explain the chosen model, and refit it in parallel.

    Args:
        candidates: Folders of the candidates.
        problem: File of the problem.
        weights: Folder of pretrained weights.
        refit: Whether to refit the model.
        finished: Folder to write: the explanation, ``refit.json``, and ``model.pkl`` if the model was refitted.
        **shared: Arguments that both stages take.

    Returns:
        ``refitted`` and the ``reason``.
    """
    Path(finished).mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1) as pool:
        arguments = {
            "candidates": candidates,
            "problem": problem,
            "weights": weights,
            "enabled": refit,
            "refitted": finished,
            **shared,
        }
        refitting = pool.submit(_refit, arguments)
        # Everybody predicts with the refitted model; that explanations are quick is worth less.
        run_stage("explain_model", patient=True, explanation=finished, **shared)
        return refitting.result()


def _refit(arguments: dict[str, Any]) -> dict[str, Any]:
    """Refit in a supervised child. If the child dies or fails, record that the chosen model is kept."""
    timeout = stage_timeout("refit_model", arguments["time_limit"])
    with reported("refit_model"):
        try:
            return supervise("podium_ml.stages.refit_model:run", arguments, timeout=timeout)
        except StageFailedError as failure:
            mark_failure(arguments["refitted"], str(failure))
            return _record_failure(failure, Path(arguments["refitted"]))


def _record_failure(failure: StageFailedError, folder: Path) -> dict[str, Any]:
    try:
        (folder / MODEL).unlink(missing_ok=True)
        return record_refit(folder, refitted=False, reason=str(failure))
    except OSError:  # The disk is full. The child's message says so in words for the user.
        raise failure from None
