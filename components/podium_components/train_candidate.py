"""One branch, which searches and trains one algorithm in its own pod."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from podium_components._component import component


@component
def train_candidate(
    features: Input[Dataset],
    problem: Input[Artifact],
    branch: dict,
    candidate: Output[Model],
    metrics: Output[Metrics],
):
    """Search one algorithm's configurations with cross-validation and keep the best models.

    If a branch fails (bad fit, out of memory, out of time, killed), its candidate is marked as failed. The task itself
    succeeds, so the run goes on with the other branches. If its container or pod dies, the branch is tried again.

    Args:
        features: Features and target of the training rows.
        problem: The inferred problem.
        branch: The algorithm and its limits.
        candidate: Fold models, out-of-fold predictions and the trial ledger.
        metrics: Out-of-fold score and counts.
    """
    from podium_components.branches import train_branch
    from podium_components.metadata import annotate

    facts = train_branch(
        features=features.path, problem=problem.path, branch=branch, candidate=candidate.path
    )
    annotate(candidate, facts)
    for name in ("score", "n_trials", "seconds"):
        if facts.get(name) is not None:
            metrics.log_metric(name, facts[name])
    open(metrics.path, "w").close()
