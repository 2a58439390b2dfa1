"""``podium leaderboard``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd


def leaderboard(
    run: Annotated[Path, typer.Argument(help="Folder of the run.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with every column.")] = False,
) -> None:
    """Show every model of a run with its scores, best first."""
    from podium.api import open_run
    from podium.commands._output import show_rows

    table = open_run(run).leaderboard
    show_rows(table.to_dict("records") if as_json else rows_of(table), as_json=as_json)


def rows_of(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the columns of a leaderboard that fit a terminal; the rest is in the file and the report."""
    scores = [c for c in table.columns if c.endswith("_oof")]
    primary = [c.replace("_oof", end) for c in scores for end in ("_test", "_test_low", "_test_high")]
    shown = [
        "rank",
        "model",
        *scores,
        *(c for c in primary if c in table),
        "fit_seconds",
        "predict_ms",
        "n_trials",
    ]
    rows = (
        table[[c for c in shown if c in table]]
        .astype(object)
        .where(table[shown].notna(), None)
        .to_dict("records")
    )
    marks = table["chosen"].tolist() if "chosen" in table else [False] * len(rows)
    reasons = table["reason"].fillna("").tolist() if "reason" in table else [""] * len(rows)
    return [
        {**row, "": "chosen" if mark else reason}
        for row, mark, reason in zip(rows, marks, reasons, strict=True)
    ]
