"""``podium leaderboard``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd


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
    wanted = ["rank", "model", *scores, *tests, "fit_seconds", "predict_ms", "columns", "n_trials"]
    shown = [name for name in wanted if name in table]
    remarks = [_remark(row) for row in table.to_dict("records")]
    rows = table[shown].to_dict("records")
    return [{**_named(row), "": remark} for row, remark in zip(rows, remarks, strict=True)]


def _remark(row: Any) -> str:
    """Return a short remark: that the model was chosen, or why it failed."""
    if row["chosen"]:
        return "chosen"
    return row["reason"] if row["status"] == "failed" and isinstance(row["reason"], str) else ""


def _named(row: Any) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}
