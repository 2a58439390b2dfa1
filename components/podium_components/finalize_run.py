"""The exit handler: closes the run whatever happened."""

from kfp.dsl import PipelineTaskFinalStatus

from podium_components._component import component


@component
def finalize_run(status: PipelineTaskFinalStatus, name: str, notify: str):
    """Say how the run ended and what failed.

    Args:
        status: How the stages ended, filled in by KFP.
        name: Project name.
        notify: When to tell the webhook that PODIUM_WEBHOOK_URL names.
    """
    from podium_components.notices import tell_end, went_well
    from podium_ml.run.events import emit

    emit(
        "run_finished",
        name=name,
        state=status.state,
        failed=status.pipeline_task_name,
        message=status.error_message,
    )
    print(f"The run of {name or 'podium'} {'ended well' if went_well(status.state) else 'failed'}.")
    tell_end(
        notify=notify,
        name=name,
        state=status.state,
        failed=status.pipeline_task_name or "",
        message=status.error_message or "",
    )
