"""The exit handler, which closes every run, failed or not."""

from kfp.dsl import PipelineTaskFinalStatus

from podium_components._component import component


@component
def finalize_run(status: PipelineTaskFinalStatus, name: str, notify: str):
    """Report how the run ended and which task failed.

    Args:
        status: Final status of the stages, filled in by KFP.
        name: Project name.
        notify: When to post to the webhook at PODIUM_WEBHOOK_URL.
    """
    from podium_components.notices import notify_end, went_well
    from podium_ml.run.events import emit

    emit(
        "run_finished",
        name=name,
        state=status.state,
        failed=status.pipeline_task_name,
        message=status.error_message,
    )
    print(f"The run of {name or 'podium'} {'succeeded' if went_well(status.state) else 'failed'}.")
    notify_end(
        notify=notify,
        name=name,
        state=status.state,
        failed=status.pipeline_task_name or "",
        message=status.error_message or "",
    )
