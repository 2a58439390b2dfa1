"""Scores every model and the champion on rows that played no part in training or selection.

The scores are for the report. They do not influence which model is chosen.
"""

from typing import List

from kfp.dsl import Artifact, ClassificationMetrics, Dataset, Input, Markdown, Metrics, Model, Output

from podium_components._component import component


@component
def evaluate_models(
    train: Input[Dataset],
    test: Input[Dataset],
    features: Input[Dataset],
    problem: Input[Artifact],
    featurizer: Input[Model],
    candidates: Input[List[Model]],
    model: Input[Model],
    promotion: dict,
    time_limit: str,
    notes: dict,
    evaluation: Output[Artifact],
    metrics: Output[Metrics],
    classification: Output[ClassificationMetrics],
    decision: Output[Markdown],
):
    """Score all candidates, the ensembles and the chosen model on the test set, and compare it with the champion.

    If the comparison fails (killed, out of memory, out of time), the champion stays and the run goes on.

    Args:
        train: Training rows, whose hashes are kept for later comparisons.
        test: Test rows.
        features: Features and target of the training rows, for the charts if there is no test set.
        problem: The inferred problem.
        featurizer: The fitted featurizer, which all algorithms share.
        candidates: The trained candidates of all branches.
        model: The chosen model and the ensembles.
        promotion: The champion, and the conditions for replacing it.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for no limit.
        notes: Where the next tasks note failures; another note after a failed comparison makes this task run again.
        evaluation: Leaderboard, scores, chart data, and whether the new model is to become the champion.
        metrics: Scores of the chosen model and of the comparison.
        classification: Confusion matrix and ROC curve of the chosen model.
        decision: The result of the comparison in a few lines.
    """
    from podium_components.comparisons import compare, describe, numbers
    from podium_components.kubeflow_ui import log_classification
    from podium_components.supervision import run_stage

    shared = {"test": test.path, "problem": problem.path, "model": model.path, "evaluation": evaluation.path}
    facts = run_stage(
        "evaluate_models",
        features=features.path,
        featurizer=featurizer.path,
        candidates=[one.path for one in candidates],
        time_limit=time_limit,
        **shared,
    )
    compared = compare(promotion, train=train.path, time_limit=time_limit, **shared)
    for name, value in {**facts["metrics"], **numbers(compared)}.items():
        metrics.log_metric(name, value)
    open(metrics.path, "w").close()
    log_classification(classification, facts)
    open(classification.path, "w").close()
    with open(decision.path, "w", encoding="utf-8") as file:
        file.write(describe(compared))
