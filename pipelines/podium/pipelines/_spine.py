"""The pipeline that all kinds of problems share: its tasks, and the data that flows between them."""

from collections.abc import Callable
from typing import Any

from kfp import dsl
from kfp.dsl import PipelineTask

from podium.packages import pipeline_name
from podium.pipelines._branches import branch_pipeline, survive_deaths, train_in_pods, train_in_process
from podium.pipelines._form import field_types, with_form
from podium.pipelines._pods import apply_pod_defaults
from podium.pipelines.pod_settings import PodSettings
from podium_components.evaluate_models import evaluate_models
from podium_components.featurize_data import featurize_data
from podium_components.finalize_run import finalize_run
from podium_components.finish_model import finish_model
from podium_components.plan_training import plan_training
from podium_components.publish_run import publish_run
from podium_components.resolve_inputs import resolve_inputs_for
from podium_components.select_model import select_model
from podium_components.validate_data import validate_data
from podium_ml.kinds import Kind


def make_pipeline(kind: Kind, pods: PodSettings, *, on_cluster: bool) -> Any:
    """Return the pipeline of a kind, in the form that KFP's compiler takes.

    Args:
        kind: The kind.
        pods: Images, nodes and limits of the pods.
        on_cluster: Whether branches run in pods, which may die.
    """
    resolve_inputs = resolve_inputs_for(field_types(kind))
    train = train_in_pods(branch_pipeline(pods.stage_memory)) if on_cluster else train_in_process

    def spine(form: dict[str, Any]) -> None:
        closing = _uncached(finalize_run(name=form["name"], notify=form["notify"]))
        with dsl.ExitHandler(closing, name="run"):
            resolved = _uncached(resolve_inputs(kind=kind.name, images=dict(pods.images), **form))
            # Uses the unnamed output, because KFP's local runner resolves no other output in a condition.
            with dsl.If(resolved.outputs["Output"] == True, name="changed"):  # noqa: E712 - KFP compiles it
                _run(kind, form, resolved.outputs, pods, train=train, at_once=on_cluster)
        apply_pod_defaults(pods.stage_memory)

    pipeline = dsl.pipeline(name=pipeline_name(kind.name), display_name=f"Podium: {kind.title}")(
        with_form(kind, spine)
    )
    if on_cluster:
        survive_deaths(pipeline)
    return pipeline


def _run(
    kind: Kind,
    form: dict[str, Any],
    resolved: Any,
    pods: PodSettings,
    *,
    train: Callable[..., Any],
    at_once: bool,
) -> None:
    """Connect everything that depends on the data. A task that is not given the test rows cannot see them.

    Args:
        kind: The kind.
        form: The fields of the form.
        resolved: Outputs of ``resolve_inputs``.
        pods: Images and nodes of the pods.
        train: Trains one branch.
        at_once: Whether tasks that do not need each other start together.
    """
    validated = _validate(kind, form, resolved)
    rows = {"train": validated["train"], "problem": validated["problem"]}
    planned = _plan(resolved, validated, pods)
    featurized = featurize_data(weights=validated["weights"], time_limit=form["time_limit"], **rows).outputs
    features = {"features": featurized["features"], "problem": validated["problem"]}
    with dsl.ParallelFor(planned["Output"], name="branches") as item:
        candidate = train(item, planned["tolerations"], **features)

    def shared() -> dict[str, Any]:
        # The compiler rewrites a Collected where it is used, so each consumer needs one of its own.
        return {"candidates": dsl.Collected(candidate), "time_limit": form["time_limit"]}

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
        weights=validated["weights"],
        refit=form["refit"],
        notes=planned["notes"],
        **rows,
        **shared(),
    )
    if (
        not at_once
    ):  # the local engine runs them in an order of its own otherwise, and their time limits assume this one
        finished.after(evaluated)
    _uncached(
        publish_run(
            problem=validated["problem"],
            validation=validated["validation"],
            plan=planned["plan"],
            candidates=shared()["candidates"],
            model=model,
            evaluation=evaluated.outputs["evaluation"],
            finished=finished.outputs["finished"],
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


def _uncached(task: PipelineTask) -> PipelineTask:
    return task.set_caching_options(enable_caching=False)
