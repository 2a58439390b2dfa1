"""Champion and challenger on the same new rows, and the gate between them."""

from kfp.dsl import Artifact, Dataset, Input, Markdown, Metrics, Model, Output

from podium_components._component import component


@component
def challenge_champion(
    champion: Input[Model],
    model: Input[Model],
    train: Input[Dataset],
    test: Input[Dataset],
    problem: Input[Artifact],
    evaluation: Input[Artifact],
    promote: str,
    promotion_margin: float,
    max_latency: str,
    max_memory: str,
    time_limit: str,
    decision: Output[Artifact],
    metrics: Output[Metrics],
    summary: Output[Markdown],
):
    """Score both on test rows that neither has seen, and say whether the new model takes the champion's place.

    If that fails (killed, out of memory, out of time) the champion stays, and the run goes on.

    Args:
        champion: The champion, if there is one.
        model: The chosen model, before it is trained again on the test rows.
        train: Rows that it learned from, of which hashes are kept for later comparisons.
        test: Rows that were set aside.
        problem: The problem as settled.
        evaluation: Scores of all models; here for the order of the tasks alone.
        promote: When the new model becomes the champion: auto if clearly better, never, or always.
        promotion_margin: By how much of the metric it must beat the champion, with 95 % confidence.
        max_latency: Longest time to predict one row, like 5ms.
        max_memory: Most memory that the model may take.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        decision: Whether the new model is promoted, why, and the scores.
        metrics: The scores of both, and the difference with its interval.
        summary: The decision in a few lines.
    """
    from podium_components.challenges import challenge, describe, numbers

    facts = challenge(
        champion=champion.path,
        model=model.path,
        train=train.path,
        test=test.path,
        problem=problem.path,
        settings={
            "promote": promote,
            "promotion_margin": promotion_margin,
            "max_latency": max_latency,
            "max_memory": max_memory,
        },
        decision=decision.path,
        time_limit=time_limit,
    )
    decision.metadata.update({"promoted": facts["promoted"], "reason": facts["reason"]})
    for name, value in numbers(facts).items():
        metrics.log_metric(name, value)
    open(metrics.path, "w").close()
    with open(summary.path, "w", encoding="utf-8") as file:
        file.write(describe(facts))
