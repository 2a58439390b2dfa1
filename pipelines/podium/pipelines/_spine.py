"""The pipeline that all kinds of problems share: its tasks, and the data that flows between them."""

from typing import Any

from kfp import dsl
from kfp.dsl import PipelineTask

from podium.packages import pipeline_name
from podium.pipelines._form import field_types, with_form
from podium.pipelines._pods import apply_pod_defaults, ask_for_resources, retry_whatever_happens
from podium.pipelines.pod_settings import PodSettings
from podium_components.evaluate_models import evaluate_models
from podium_components.featurize_data import featurize_data
from podium_components.finalize_run import finalize_run
from podium_components.finish_model import finish_model
from podium_components.plan_training import plan_training
from podium_components.publish_run import publish_run
from podium_components.resolve_inputs import resolve_inputs_for
from podium_components.select_model import select_model
from podium_components.train_candidate import train_candidate
from podium_components.validate_data import validate_data
from podium_ml.kinds import Kind


def make_pipeline(kind: Kind, pods: PodSettings) -> Any:
    """Return the pipeline of a kind, in the form that KFP's compiler takes.

    Args:
        kind: The kind.
        pods: Images, nodes and limits of the pods.
    """
    resolve_inputs = resolve_inputs_for(field_types(kind))

    def spine(form: dict[str, Any]) -> None:
        closing = _uncached(finalize_run(name=form["name"], notify=form["notify"]))
        with dsl.ExitHandler(closing, name="run"):
            resolved = _uncached(resolve_inputs(kind=kind.name, **form))
            # Uses the unnamed output, because KFP's local runner resolves no other output in a condition.
            with dsl.If(resolved.outputs["Output"] == True, name="changed"):  # noqa: E712 - KFP compiles it
                _run(kind, form, resolved.outputs, pods)
        apply_pod_defaults(pods.stage_memory)

    pipeline = dsl.pipeline(name=pipeline_name(kind.name), display_name=f"Podium: {kind.title}")(
        with_form(kind, spine)
    )
    ask_for_resources(pipeline)
    return pipeline


def _run(kind: Kind, form: dict[str, Any], resolved: Any, pods: PodSettings) -> None:
    """Connect everything that depends on the data. A task that is not given the test rows cannot see them."""
    validated = _validate(kind, form, resolved)
    rows = {"train": validated["train"], "problem": validated["problem"]}
    planned = _plan(resolved, validated, pods)
    featurized = featurize_data(**rows).outputs
    features = {"features": featurized["features"], "problem": validated["problem"]}
    with dsl.ParallelFor(planned["Output"], name="branches") as item:
        trained = _train(item, features, tolerations=planned["tolerations"])

    def shared() -> dict[str, Any]:
        # The compiler rewrites a Collected where it is used, so each consumer needs one of its own.
        return {"candidates": dsl.Collected(trained.outputs["candidate"]), "time_limit": form["time_limit"]}

    model = select_model(
        train=validated["train"],
        featurizer=featurized["featurizer"],
        limits=resolved["limits"],
        branch_notes=planned["branch_notes"],
        **features,
        **shared(),
    ).outputs["model"]
    evaluated = evaluate_models(
        train=validated["train"],
        test=validated["test"],
        featurizer=featurized["featurizer"],
        model=model,
        promotion=resolved["promotion"],
        notes=planned["notes"],
        **features,
        **shared(),
    )
    finished = finish_model(
        model=model,
        test=validated["test"],
        refit=form["refit"],
        notes=planned["notes"],
        **rows,
        **shared(),
    )
    _uncached(
        publish_run(
            problem=validated["problem"],
            validation=validated["validation"],
            plan=planned["plan"],
            candidates=shared()["candidates"],
            model=model,
            evaluation=evaluated.outputs["evaluation"],
            finished=finished.after(evaluated).outputs["finished"],
            publication=resolved["publication"],
            tracking=form["tracking"],
        )
    )


def _validate(kind: Kind, form: dict[str, Any], resolved: Any) -> Any:
    return validate_data(
        kind=kind.name,
        source=resolved["source_today"],
        test_source=resolved["test_today"],
        reader=form["reader"],
        data_version=resolved["data_version"],
        reference=resolved["reference"],
        settings=resolved["problem_settings"],
        time_limit=form["time_limit"],
    ).outputs


def _plan(resolved: Any, validated: Any, pods: PodSettings) -> Any:
    # Not cached: it takes a moment, and whoever follows the run finds the plan among this run's own artifacts.
    return _uncached(
        plan_training(
            problem=validated["problem"],
            validation=validated["validation"],
            settings=resolved["plan_settings"],
            images=dict(pods.images),
            placement=dict(pods.placement),
        )
    ).outputs


def _train(item: Any, features: dict[str, Any], *, tolerations: Any) -> PipelineTask:
    """Train one algorithm in a pod with the resources that its loop item names."""
    task = train_candidate(
        branch=item.branch,
        cpu=item.cpu,
        memory=item.memory,
        memory_limit=item.memory_limit,
        image=item.image,
        accelerator=item.accelerator,
        accelerator_count=item.accelerator_count,
        tolerations=tolerations,
        **features,
    )
    # No other task retries, because other failures are often mistakes of the user, which a retry would only repeat.
    retry_whatever_happens(task)
    return task


def _uncached(task: PipelineTask) -> PipelineTask:
    return task.set_caching_options(enable_caching=False)
