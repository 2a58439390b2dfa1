"""``podium leaderboard``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

_MEASURED = ("fit_seconds", "predict_ms", "columns")


def leaderboard(
    run: Annotated[Path, typer.Argument(help="Folder of the run, or its id on the server.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with every column.")] = False,
) -> None:
    """Show all models of a run with their scores, best first."""
    from podium.api import open_run
    from podium.commands._output import show_rows

    table = open_run(run).leaderboard
    rows = [_named(row) for row in table.to_dict("records")] if as_json else rows_of(table)
    show_rows(rows, as_json=as_json)


def rows_of(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the columns of a leaderboard that fit a terminal; the file and the report have all of them."""
    scores = [name for name in table.columns if name.endswith("_oof")]
    tests = [name.replace("_oof", "_test") for name in scores]
    wanted = ["rank", "model", *scores, *tests, *_MEASURED]
    shown = [name for name in wanted if name in table]
    return [
        {**{name: row[name] for name in shown}, "": _remark(row)}
        for row in map(_without_measurements, table.to_dict("records"))
    ]


def _without_measurements(row: Any) -> dict[str, Any]:
    """Return a row as it is, or without the rank, times and columns that a failed model does not have."""
    if row["status"] == "ok":
        return _named(row)
    return {**_named(row), **dict.fromkeys(("rank", *_MEASURED))}


def _remark(row: Any) -> str:
    """Return a short remark: that the model was chosen or is as good as the best, or why it failed."""
    if row["status"] == "failed":
        return row["reason"] if isinstance(row["reason"], str) else ""
    return ", ".join(word for word, key in (("chosen", "chosen"), ("among the best", "tied")) if row.get(key))


def _named(row: Any) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}
