"""A run as notebooks show it: its status and, if it has succeeded, the result."""

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from podium_ml.reporting.formats import duration, number
from podium_ml.reporting.titles import model_title

if TYPE_CHECKING:
    from podium.api import Run

_TOP = 5


def run_html(run: "Run") -> str:
    """Return a run as HTML: status, chosen model, score with interval, top of the leaderboard, link to the report."""
    state = run.state
    seconds = run.folder.seconds
    took = "" if seconds is None else f" after {duration(seconds)}"
    parts = [f"<p>Run <code>{escape(str(run.path))}</code>: <b>{escape(state.status)}</b>{took}</p>"]
    if state.status != "succeeded" or state.note:
        parts.append(f"<p>{escape(state.error or state.note)}</p>" if state.error or state.note else "")
    else:
        parts += [_result(run.metrics), _leaderboard(run), _link(run.report)]
    return "".join(parts)


def _result(metrics: dict[str, Any]) -> str:
    name, test = escape(metrics["metric"]), metrics["test"].get(metrics["metric"])
    score = f"out-of-fold {name} {number(metrics['out_of_fold'])}"
    if test:
        score = f"test {name} {number(test['value'])}"
        if test["low"] is not None:
            score += f", 95% interval {number(test['low'])} to {number(test['high'])}"
    return f"<p><b>{escape(model_title(metrics['model']))}</b> was chosen: {score}.</p>"


def _leaderboard(run: "Run") -> str:
    from podium.commands.leaderboard import rows_of

    table = run.leaderboard
    rows = rows_of(table)[:_TOP]
    heads = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(_cell(value))}</td>' for value in row.values())}</tr>" for row in rows
    )
    rest = f"<p>{len(table) - _TOP} more in <code>leaderboard</code>.</p>" if len(table) > _TOP else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, float) else str(value)


def _link(report: Path) -> str:
    """Link to the report, relative to the notebook's folder if it is below it, as notebook servers need it."""
    below = report.is_relative_to(Path.cwd())
    address = quote(os.path.relpath(report)) if below else report.as_uri()
    return f'<p><a href="{escape(address)}" target="_blank">Report</a></p>'
