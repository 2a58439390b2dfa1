"""How the refit is run so that whatever happens to it costs the run no more than the refit."""

from typing import Any

from podium_components.supervision import StageFailedError, reported, supervise
from podium_ml.budget import stage_deadline
from podium_ml.handover import keep_chosen
from podium_ml.quantities import parse_duration

# Seconds that the refit may take beyond its deadline before it is killed, as a share of the limit.
_GRACE = 0.02
# What it gets however late it is: enough to say that there was no time.
_LEAST_SECONDS = 5.0


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
            return supervise("podium_ml.stages.refit_model:run", arguments, timeout=_timeout(time_limit))
        except StageFailedError as failure:
            return _without(failure, model=model, refitted=refitted)


def _without(failure: StageFailedError, *, model: str, refitted: str) -> dict[str, Any]:
    try:
        return keep_chosen(model, refitted, reason=str(failure))
    except OSError:  # a full disk: what the child said of it is worded for the user
        raise failure from None


def _timeout(time_limit: str) -> float:
    if not time_limit:
        return 0.0
    left = stage_deadline("refit_model", time_limit).remaining()
    return max(_LEAST_SECONDS, left + _GRACE * parse_duration(time_limit))
