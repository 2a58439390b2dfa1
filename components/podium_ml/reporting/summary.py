"""The result in a few lines of Markdown, for the Kubeflow UI."""

from podium_ml.metrics import resolve_metric
from podium_ml.reporting.run_facts import RunFacts


def render_summary(facts: RunFacts) -> str:
    """Return the chosen model, its score, the leaderboard's top and the guardrails that fired."""
    metric = resolve_metric(facts.problem.metric, facts.problem.task)
    lines = [f"# {_escape(facts.problem.target)}: {facts.selection.chosen}", "", facts.selection.reason, ""]
    lines += [f"| model | {metric.title}, out of fold | {metric.title}, test |", "|---|---|---|"]
    for model in facts.evaluation.models:
        test = model.test.get(facts.problem.metric)
        lines.append(
            f"| {model.name} | {_number(model.oof_score)} | {_number(test.value if test else None)} |"
        )
    fired = [result for result in facts.guardrails if result.outcome == "alert"]
    lines += ["", *(f"- **{result.title}**: {_escape(result.seen)}" for result in fired)]
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
