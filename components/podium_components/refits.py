"""How the refit is run so that whatever happens to it costs the run no more than the refit."""

from typing import Any

from podium_components.supervision import StageFailedError, reported, supervise
from podium_ml.refitting.handover import keep_chosen
from podium_ml.run.budget import stage_timeout


def refit(*, model: str, refitted: str, time_limit: str, **inputs: Any) -> dict[str, Any]:
    """Refit the chosen model in a supervised child; if that dies or fails, hand over the chosen model as it is.

    Args:
        model: Folder of the chosen model.
        refitted: Folder to write the model to that is handed over.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        **inputs: The other arguments of the stage.

    Returns:
        ``refitted`` and the ``reason``.
    """
    arguments = {"model": model, "refitted": refitted, "time_limit": time_limit, **inputs}
    with reported("refit_model"):
        try:
            return supervise(
                "podium_ml.stages.refit_model:run",
                arguments,
                timeout=stage_timeout("refit_model", time_limit),
            )
        except StageFailedError as failure:
            return _without(failure, model=model, refitted=refitted)


def _without(failure: StageFailedError, *, model: str, refitted: str) -> dict[str, Any]:
    try:
        return keep_chosen(model, refitted, reason=str(failure))
    except OSError:  # a full disk: what the child said of it is worded for the user
        raise failure from None
