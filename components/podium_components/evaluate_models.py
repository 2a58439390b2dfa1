"""Every model on rows that nobody trained or selected on: a report, never a choice."""

from typing import List

from kfp.dsl import Artifact, ClassificationMetrics, Dataset, Input, Metrics, Model, Output

from podium_components._component import component


@component
def evaluate_models(
    test: Input[Dataset],
    features: Input[Dataset],
    problem: Input[Artifact],
    featurizer: Input[Model],
    candidates: Input[List[Model]],
    ensemble: Input[Model],
    model: Input[Model],
    time_limit: str,
    evaluation: Output[Artifact],
    metrics: Output[Metrics],
    classification: Output[ClassificationMetrics],
):
    """Score all candidates, the ensembles and the chosen model on the test set, with bootstrap intervals.

    Args:
        test: Rows that were set aside.
        features: Features and target of the training rows, for charts where there is no test set.
        problem: The problem as settled.
        featurizer: The shared transformation.
        candidates: What the branches trained.
        ensemble: Their ensembles.
        model: The chosen model.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        evaluation: Leaderboard, scores and chart data.
        metrics: The chosen model's scores.
        classification: Its confusion matrix and ROC curve.
    """
    from podium_components.kubeflow_ui import log_classification
    from podium_components.supervision import run_stage

    facts = run_stage(
        "evaluate_models",
        test=test.path,
        features=features.path,
        problem=problem.path,
        featurizer=featurizer.path,
        candidates=[one.path for one in candidates],
        ensemble=ensemble.path,
        model=model.path,
        evaluation=evaluation.path,
        time_limit=time_limit,
    )
    for name, value in facts["metrics"].items():
        metrics.log_metric(name, value)
    open(metrics.path, "w").close()
    log_classification(classification, facts)
    open(classification.path, "w").close()
