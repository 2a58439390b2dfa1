"""Infers the problem and checks whether the data can be trusted."""

from kfp.dsl import HTML, Artifact, Dataset, Model, Output

from podium_components._component import component


@component
def validate_data(
    kind: str,
    source: str,
    test_source: str,
    reader: dict,
    data_version: str,
    reference: dict,
    settings: dict,
    time_limit: str,
    train: Output[Dataset],
    test: Output[Dataset],
    problem: Output[Artifact],
    validation: Output[Artifact],
    weights: Output[Model],
    guardrails: Output[HTML],
):
    """Read the data, infer the problem and the roles of the columns, run the guardrails, and set test rows aside.

    Args:
        kind: Kind of problem.
        source: Labelled data: a file, folder, glob, http(s) or s3 URL, or database URL.
        test_source: Separate test data in the same forms, or empty.
        reader: How to read the data where that cannot be inferred, e.g. {"delimiter": ";"}.
        data_version: Content hash or version of the data; a new one invalidates cached results.
        reference: A champion trained on other data, to compare the new data with.
        settings: The settings that the problem depends on.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for no limit.
        train: Training rows.
        test: Test rows, used only by the final report, the explanation and the refit.
        problem: The inferred problem.
        validation: What ingestion inferred, statistics of the training rows, and the results of the guardrails.
        weights: Pretrained weights that the settings name, with their revisions, hashes and licences.
        guardrails: Page with the result of every guardrail.
    """
    from podium_components.metadata import annotate
    from podium_components.validations import ingest_and_validate

    facts = ingest_and_validate(
        kind=kind,
        source={"source": source, "test": test_source, "reader": reader},
        reference=reference,
        settings=settings,
        time_limit=time_limit,
        train=train.path,
        test=test.path,
        problem=problem.path,
        validation=validation.path,
        weights=weights.path,
        guardrails=guardrails.path,
    )
    annotate(validation, {"fingerprint": facts["fingerprint"], "rows": facts["rows"]})
    annotate(weights, facts["weights"])
    annotate(problem, {"task": facts["task"], "metric": facts["metric"]})
