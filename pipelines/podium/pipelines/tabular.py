"""Classification and regression on tables."""

from kfp import dsl, kubernetes
from kfp.dsl import Artifact, Dataset, Input, Model

from podium.pipelines.pods import equip_pods, retry
from podium_components.build_ensemble import build_ensemble
from podium_components.challenge_champion import challenge_champion
from podium_components.evaluate_models import evaluate_models
from podium_components.explain_model import explain_model
from podium_components.featurize_data import featurize_data
from podium_components.finalize_run import finalize_run
from podium_components.ingest_data import ingest_data
from podium_components.plan_training import plan_training
from podium_components.publish_run import publish_run
from podium_components.read_champion import read_champion
from podium_components.read_lessons import read_lessons
from podium_components.refit_model import refit_model
from podium_components.resolve_inputs import resolve_inputs
from podium_components.select_model import select_model
from podium_components.train_candidate import train_candidate
from podium_components.validate_data import validate_data


@dsl.pipeline(name="train-branch")
def train_branch(
    features: Input[Dataset],
    problem: Input[Artifact],
    branch: dict,
    cpu: str,
    memory: str,
    memory_limit: str,
    image: str,
    accelerator: str,
    accelerator_count: str,
    node_selector: dict,
    tolerations: list,
) -> Model:
    """Train one algorithm with the resources that its branch declares.

    A pipeline of its own, because KFP resolves a loop item's resources only as parameters of a nested pipeline.

    Args:
        features: Features and target of the training rows.
        problem: The problem as settled.
        branch: The algorithm and its limits.
        cpu: CPU limit of the pod.
        memory: Memory that the pod asks for.
        memory_limit: Memory limit of the pod.
        image: Container image of the pod.
        accelerator: Resource name of the pod's accelerators; empty for none.
        accelerator_count: How many of them.
        node_selector: Labels of the nodes that the pod may run on.
        tolerations: Taints that the pod tolerates.
    """
    task = train_candidate(features=features, problem=problem, branch=branch)
    task.set_cpu_limit(cpu).set_memory_request(memory).set_memory_limit(memory_limit)
    task.set_container_image(image).set_accelerator_type(accelerator).set_accelerator_limit(accelerator_count)
    kubernetes.add_node_selector_json(task, node_selector)
    kubernetes.add_toleration_json(task, tolerations)
    retry(task)
    equip_pods()
    return task.outputs["candidate"]


@dsl.pipeline(name="podium-tabular", display_name="Podium: tables")
def tabular(
    source: str = "",
    target: str = "",
    task: str = "auto",
    metric: str = "auto",
    time_limit: str = "",
    max_trials: int = 0,
    trial_timeout: str = "",
    target_score: str = "",
    patience: int = 0,
    parallel: int = 0,
    algorithms: str = "",
    exclude: str = "",
    test: str = "",
    test_fraction: float = 0.2,
    folds: str = "auto",
    time_column: str = "",
    group_column: str = "",
    weight_column: str = "",
    positive_label: str = "",
    drop: str = "",
    max_memory: str = "",
    max_latency: str = "",
    interpretable: bool = False,
    refit: bool = True,
    seed: int = 0,
    name: str = "",
    promote: str = "auto",
    promotion_margin: float = 0.0,
    skip_unchanged: bool = False,
    notify: str = "",
    reader: dict = {},
    fingerprint: str = "",
    images: dict = {},
    placement: dict = {},
    tracking: dict = {},
):
    """Train, compare and explain models that predict one column of a table.

    Args:
        source: Labelled data: a file, folder, glob, http(s) or s3 URL, or database URL.
        target: Name of the column to predict.
        task: Kind of problem; auto infers it from the target.
        metric: Metric that models are compared by; auto fits the task.
        time_limit: Wall-clock limit of the whole run, like 10m or 1h; empty for none.
        max_trials: Most configurations to try per algorithm; 0 for no limit.
        trial_timeout: Most time for one configuration, like 2m; empty for no limit.
        target_score: Stop searching once the metric is this good; empty for never.
        patience: Stop an algorithm after so many trials without gain; 0 for auto.
        parallel: Branches that the cluster trains at once, among which it shares the time; 0 for two.
        algorithms: Algorithms to try, separated by commas; empty for all that fit.
        exclude: Algorithms to leave out, separated by commas.
        test: Separate test data; empty sets part of the source aside.
        test_fraction: Fraction of rows set aside for the final test.
        folds: Number of cross-validation folds; auto fits the number of rows.
        time_column: Column that orders rows in time: folds and test respect it.
        group_column: Column whose equal values stay together in folds and test.
        weight_column: Column of sample weights.
        positive_label: Class that counts as positive; empty takes the rarer one.
        drop: Columns to leave out, separated by commas.
        max_memory: Most memory for training, like 8G; empty takes what there is.
        max_latency: Longest time to predict one row, like 5ms; empty for no limit.
        interpretable: Choose only among models that explain themselves.
        refit: Train the chosen model again on all rows, where time allows.
        seed: Seed of everything random.
        name: Project name: MLflow experiment and registered model.
        promote: When the new model becomes the champion: auto if clearly better, never, or always.
        promotion_margin: By how much of the metric it must beat the champion; 0 for by anything.
        skip_unchanged: End at once if data and settings are those of the champion.
        notify: When to tell the webhook: always, failure or decision; empty for never.
        reader: How to read the source.
        fingerprint: Content hash or version of the data: a changed one reads it anew instead of using the cache.
        images: Container images by the project's names for them; empty takes the defaults.
        placement: Accelerators of the cluster, like {"accelerators": 1, "node_selector": {}, "tolerations": []}.
        tracking: MLflow experiment and run names; empty takes the defaults.
    """
    # What the first task checks, and the last one reports.
    asked = {
        "target": target,
        "task": task,
        "metric": metric,
        "time_limit": time_limit,
        "max_trials": max_trials,
        "trial_timeout": trial_timeout,
        "target_score": target_score,
        "patience": patience,
        "parallel": parallel,
        "algorithms": algorithms,
        "exclude": exclude,
        "test_fraction": test_fraction,
        "folds": folds,
        "time_column": time_column,
        "group_column": group_column,
        "weight_column": weight_column,
        "positive_label": positive_label,
        "drop": drop,
        "max_memory": max_memory,
        "max_latency": max_latency,
        "interpretable": interpretable,
        "refit": refit,
        "seed": seed,
        "name": name,
        "promote": promote,
        "promotion_margin": promotion_margin,
        "skip_unchanged": skip_unchanged,
        "notify": notify,
    }
    closing = finalize_run(name=name, notify=notify).set_caching_options(enable_caching=False)
    with dsl.ExitHandler(closing, name="run"):
        resolved = resolve_inputs(
            source=source,
            test=test,
            reader=reader,
            fingerprint=fingerprint,
            tracking=tracking,
            **asked,
        ).set_caching_options(enable_caching=False)
        # By its nameless output, for KFP's local runner resolves no other in a condition.
        with dsl.If(resolved.outputs["Output"] == True, name="changed"):  # noqa: E712 - a condition of KFP's
            # Not by "tracking": it names the run, and so would let nothing that follows come from the cache.
            registry = resolved.outputs["registry"]
            champion = read_champion(champion=resolved.outputs["champion"], registry=registry).output
            lessons = read_lessons(teacher=resolved.outputs["teacher"], registry=registry).output
            ingested = ingest_data(
                source=resolved.outputs["resolved_source"],
                test=resolved.outputs["resolved_test"],
                reader=reader,
                fingerprint=resolved.outputs["data_version"],
            )
            table = ingested.outputs["table"]
            validated = validate_data(
                table=table,
                lessons=lessons,
                target=target,
                task=task,
                metric=metric,
                test_fraction=test_fraction,
                folds=folds,
                time_column=time_column,
                group_column=group_column,
                weight_column=weight_column,
                positive_label=positive_label,
                drop=drop,
                max_memory=max_memory,
                seed=seed,
                name=name,
                time_limit=time_limit,
            )
            problem = validated.outputs["problem"]
            planned = plan_training(
                problem=problem,
                profile=validated.outputs["profile"],
                lessons=lessons,
                algorithms=algorithms,
                exclude=exclude,
                time_limit=time_limit,
                max_trials=max_trials,
                trial_timeout=trial_timeout,
                target_score=target_score,
                patience=patience,
                parallel=parallel,
                max_memory=max_memory,
                interpretable=interpretable,
                seed=seed,
                images=images,
                placement=placement,
            )
            # It takes a moment, and whoever follows the run reads the plan among this run's own artifacts.
            planned.set_caching_options(enable_caching=False)
            featurized = featurize_data(train=validated.outputs["train"], problem=problem)
            features, featurizer = featurized.outputs["features"], featurized.outputs["featurizer"]

            with dsl.ParallelFor(planned.outputs["Output"], name="branches") as branch:
                trained = train_branch(
                    features=features,
                    problem=problem,
                    branch=branch,
                    cpu=branch.cpu,
                    memory=branch.memory,
                    memory_limit=branch.memory_limit,
                    image=branch.image,
                    accelerator=branch.accelerator,
                    accelerator_count=branch.accelerator_count,
                    node_selector=branch.node_selector,
                    tolerations=branch.tolerations,
                )

            # The compiler rewrites a Collected where it is used, so each consumer needs one of its own.
            ensembled = build_ensemble(
                features=features,
                problem=problem,
                candidates=dsl.Collected(trained.output),
                time_limit=time_limit,
            )
            selected = select_model(
                features=features,
                train=validated.outputs["train"],
                problem=problem,
                featurizer=featurizer,
                candidates=dsl.Collected(trained.output),
                ensemble=ensembled.output,
                max_latency=max_latency,
                max_memory=max_memory,
                interpretable=interpretable,
                time_limit=time_limit,
            )
            model = selected.outputs["model"]
            evaluated = evaluate_models(
                test=validated.outputs["test"],
                features=features,
                problem=problem,
                featurizer=featurizer,
                candidates=dsl.Collected(trained.output),
                ensemble=ensembled.output,
                model=model,
                time_limit=time_limit,
            )
            challenged = challenge_champion(
                champion=champion,
                model=model,
                train=validated.outputs["train"],
                test=validated.outputs["test"],
                problem=problem,
                evaluation=evaluated.outputs["evaluation"],
                promote=promote,
                promotion_margin=promotion_margin,
                max_latency=max_latency,
                max_memory=max_memory,
                time_limit=time_limit,
            )
            # In this order, for so the time limit is shared; the local engine runs them one by one in any case.
            explained = explain_model(
                model=model,
                train=validated.outputs["train"],
                test=validated.outputs["test"],
                time_limit=time_limit,
            ).after(challenged)
            refitted = refit_model(
                model=model,
                train=validated.outputs["train"],
                test=validated.outputs["test"],
                problem=problem,
                candidates=dsl.Collected(trained.output),
                ensemble=ensembled.output,
                enabled=refit,
                time_limit=time_limit,
            ).after(explained)
            publish_run(
                table=table,
                problem=problem,
                profile=validated.outputs["profile"],
                guardrail_results=validated.outputs["guardrail_results"],
                skipped=planned.outputs["skipped"],
                candidates=dsl.Collected(trained.output),
                ensemble=ensembled.output,
                model=model,
                refitted=refitted.output,
                evaluation=evaluated.outputs["evaluation"],
                explanation=explained.outputs["explanation"],
                decision=challenged.outputs["decision"],
                plan=planned.outputs["Output"],
                source=resolved.outputs["resolved_source"],
                test=resolved.outputs["resolved_test"],
                data_version=resolved.outputs["data_version"],
                settings_hash=resolved.outputs["settings_hash"],
                tracking=tracking,
                **asked,
            ).set_caching_options(enable_caching=False)
    equip_pods()
