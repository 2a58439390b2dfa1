"""``podium metrics``."""

from typing import Annotated

import typer


def metrics(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the metrics."""
    from podium.commands._output import show_rows
    from podium_ml.metrics import METRICS

    rows = [
        {
            "name": metric.name,
            "tasks": ", ".join(sorted(metric.tasks)),
            "better": "greater" if metric.greater_is_better else "smaller",
            "description": metric.description,
        }
        for metric in METRICS.values()
    ]
    show_rows(rows, as_json=as_json)
