"""The exit handler: closes the run whatever happened."""

from kfp.dsl import PipelineTaskFinalStatus

from podium_components._component import component


@component
def finalize_run(status: PipelineTaskFinalStatus, name: str):
    """Say how the run ended and what failed.

    Args:
        status: How the stages ended, filled in by KFP.
        name: Project name.
    """
    from podium_ml.events import emit

    emit(
        "run_finished",
        name=name,
        state=status.state,
        failed=status.pipeline_task_name,
        message=status.error_message,
    )
    print(f"Run of {name or 'podium'}: {status.state}. {status.error_message or ''}")
