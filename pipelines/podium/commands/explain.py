"""``podium explain``."""

from pathlib import Path
from typing import Annotated

import typer


def explain(
    model: Annotated[Path, typer.Argument(metavar="RUN_OR_MODEL", help="Folder of a run, or a model.pkl.")],
    rows: Annotated[
        str, typer.Argument(metavar="DATA", help="Rows to explain, in any form that `run` reads.")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="CSV file to write; prints by default.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Columns to print for each row.")] = 5,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows to print.")] = 10,
) -> None:
    """Tell what each column contributed to the prediction of each row."""
    from podium.commands.predict import load_predictor, read_rows

    predictor, table = load_predictor(model), read_rows(rows)
    if out is None:
        table = table.head(limit)
    explained = predictor.explain(table)
    if out is not None:
        explained.to_csv(out, index=False)
        print(f"{len(explained)} explanations in {out}")
        return
    for number, (prediction, row) in enumerate(
        zip(predictor.predict(table), explained.to_dict("records"), strict=True), start=1
    ):
        print(f"row {number}: {prediction} (from a mean of {row.pop('base'):.4g} to {row.pop('output'):.4g})")
        strongest = sorted(row.items(), key=lambda item: -abs(item[1]))[:top]
        for column, contribution in strongest:
            print(f"  {contribution:+10.4g}  {column} = {table[column].iloc[number - 1]}")
