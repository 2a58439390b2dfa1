"""The result in a few lines of Markdown, for the Kubeflow UI."""

from podium_ml.contracts import ModelScores
from podium_ml.reporting.formats import number, short
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import metric_of, model_title
from podium_ml.reporting.views.effort import time_in_words
from podium_ml.reporting.views.headline import headline
from podium_ml.reporting.views.scores import primary_of
from podium_ml.targets import target_of
from podium_ml.values.markup import escape_markdown

_MARKS = {"good": "", "note": "", "alert": "**Note:** "}


def render_summary(facts: RunFacts) -> str:
    """Return the result, the remarks and the leaderboard."""
    head, title = headline(facts), _escape(metric_of(facts.problem).title)
    lines = [
        f"# {target_of(facts.problem).work} {_escape(facts.problem.target)}",
        "",
        f"**{_escape(head.answer)}** {_escape(head.in_words)}",
        "",
    ]
    lines += [f"- {_MARKS[remark.kind]}{_escape(remark.text, 400)}" for remark in head.remarks]
    if facts.seconds is not None:
        lines.append(f"- {time_in_words(facts)}")
    lines += ["", f"| model | {title} (out of fold) | {title} (test) | 95% interval |", "|---|---:|---:|---|"]
    lines += [_row(facts, model) for model in facts.evaluation.models]
    return "\n".join(lines) + "\n"


def _row(facts: RunFacts, model: ModelScores) -> str:
    found = primary_of(facts, model)
    name = _escape(model_title(model.name))
    if model.status == "failed":
        return f"| {name} | failed | | {_escape(model.reason)} |"
    test = number(found.value) if found else ""
    ends = f"{number(found.low)} to {number(found.high)}" if found and found.low is not None else ""
    return f"| {f'**{name}**' if model.chosen else name} | {number(model.oof_score)} | {test} | {ends} |"


def _escape(text: str, most: int = 160) -> str:
    """Shorten a text and escape the characters that Markdown and HTML interpret."""
    return escape_markdown(short(text, most))
