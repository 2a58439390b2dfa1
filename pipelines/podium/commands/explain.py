"""``podium explain``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from podium.commands._options import READER, with_settings
from podium.terminal import say

if TYPE_CHECKING:
    import pandas as pd


def _explain(
    model: Annotated[
        Path, typer.Argument(metavar="RUN_OR_MODEL", help="Folder or id of a run, or a model.pkl.")
    ],
    rows: Annotated[
        str, typer.Argument(metavar="DATA", help="Rows to explain, in any format that `run` reads.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file to write; by default, results are printed.")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Number of columns to print for each row.")] = 5,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Number of rows to print.")] = 10,
    *,
    given: dict[str, Any],
) -> None:
    """Show what each column contributed to the prediction of each row. Columns are read as in training."""
    from podium.commands._output import make_folder, write_csv
    from podium.commands.predict import load_predictor, read_rows
    from podium_ml.reporting.formats import number
    from podium_ml.targets import target_of

    if out is not None:
        make_folder(out.parent)
    predictor = load_predictor(model)
    table = read_rows(rows, predictor, given)
    if out is None:
        table = table.head(limit)
    explained = predictor.explain(table)
    if out is not None:
        write_csv(explained, out)
        say(f"Wrote {len(explained)} explanations to {out}")
        return
    target = target_of(predictor.problem)
    for row, prediction in enumerate(predictor.predict(table)):
        contributions, (base, output) = explained.iloc[row, :-2], explained.iloc[row, -2:]
        label = "" if target.output == "values" else f"{prediction}, probability "
        say(f"row {row + 1}: {label}{number(output)} (average {number(base)}); contributions:")
        for column in contributions.abs().sort_values(ascending=False, kind="stable").index[:top]:
            say(f"  {contributions[column]:+10.4g}  {_shown(column, table, row)}")


explain = with_settings(_explain, only=READER)


def _shown(column: str, table: "pd.DataFrame", row: int) -> str:
    """Return a column with its value, or as missing if the rows do not have it."""
    from podium_ml.ingestion.column_names import shorten

    value = table[column].iloc[row] if column in table else "missing"
    return f"{shorten(column)} = {value}"
