"""The first task: one look at the outside world."""

from kfp.dsl import OutputPath

from podium_components._component import component


@component
def resolve_inputs(
    source: str,
    target: str,
    task: str,
    metric: str,
    time_limit: str,
    max_trials: int,
    trial_timeout: str,
    target_score: str,
    patience: int,
    parallel: int,
    algorithms: str,
    exclude: str,
    test: str,
    test_fraction: float,
    folds: str,
    time_column: str,
    group_column: str,
    weight_column: str,
    positive_label: str,
    drop: str,
    max_memory: str,
    max_latency: str,
    interpretable: bool,
    refit: bool,
    seed: int,
    name: str,
    promote: str,
    promotion_margin: float,
    skip_unchanged: bool,
    notify: str,
    reader: dict,
    fingerprint: str,
    tracking: dict,
    resolved_source: OutputPath(str),  # type: ignore[valid-type]
    resolved_test: OutputPath(str),  # type: ignore[valid-type]
    data_version: OutputPath(str),  # type: ignore[valid-type]
    settings_hash: OutputPath(str),  # type: ignore[valid-type]
    champion: OutputPath(str),  # type: ignore[valid-type]
    teacher: OutputPath(str),  # type: ignore[valid-type]
    registry: OutputPath(str),  # type: ignore[valid-type]
) -> bool:
    """Check the settings, settle what the source is today, and look up the champion.

    Args:
        source: Labelled data; {date} in it becomes today's date (UTC), like 2026-11-24.
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
        promotion_margin: By how much of the metric it must beat the champion.
        skip_unchanged: End at once if data and settings are those of the champion.
        notify: When to tell the webhook.
        reader: How to read the source.
        fingerprint: Content hash or version of the data; empty finds out.
        tracking: MLflow experiment and run names.
        resolved_source: The source with the date in it.
        resolved_test: The test data with the date in it.
        data_version: Content hash or version of the data; a changed one makes cached results stale.
        settings_hash: Hash of the settings that what a run does depends on.
        champion: Name and version of the present champion; empty if there is none.
        teacher: Name and version of the newest champion that was trained on other data; empty if there is none.
        registry: Folder of the local registry; empty for the server that the environment names.

    Returns:
        Whether there is anything to do: not if data and settings are those of the champion, and that was asked for.
    """
    from podium_components.notices import tell_unchanged
    from podium_components.parameters import plain
    from podium_components.supervision import run_stage

    settings = plain(locals())
    for given in (
        "fingerprint",
        "resolved_source",
        "resolved_test",
        "data_version",
        "settings_hash",
        "champion",
        "teacher",
        "registry",
    ):
        settings.pop(given)
    facts = run_stage(
        "resolve_inputs", settings={**settings, "reader": reader}, fingerprint=fingerprint, tracking=tracking
    )
    outputs = {
        resolved_source: facts["source"],
        resolved_test: facts["test"],
        data_version: facts["fingerprint"],
        settings_hash: facts["settings_hash"],
        champion: facts["champion"],
        teacher: facts["teacher"],
        registry: tracking.get("folder", ""),
    }
    for path, value in outputs.items():
        with open(path, "w", encoding="utf-8") as file:
            file.write(value)
    if facts["unchanged"]:
        tell_unchanged(facts["champion"], notify=notify, name=name)
    return not facts["unchanged"]
