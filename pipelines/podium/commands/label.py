"""``podium label``."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from podium.commands._options import READER, with_settings
from podium.terminal import say


def _label(
    model: Annotated[
        Path, typer.Argument(metavar="RUN_OR_MODEL", help="Folder or id of a run, or a model.pkl.")
    ],
    rows: Annotated[
        str, typer.Argument(metavar="DATA", help="Rows without labels, in any format that `run` reads.")
    ],
    most: Annotated[int, typer.Option("--most", min=1, help="Rows to show.")] = 50,
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file to write; else results are printed.")
    ] = None,
    *,
    given: dict[str, Any],
) -> None:
    """Show which rows are most worth labelling: those that the model is least sure of, without copies."""
    from podium.commands._output import make_folder, write_table
    from podium.commands.predict import load_predictor, read_rows
    from podium_ml.kinds.worth_labelling import most_worth_labelling
    from podium_ml.values.formulas import without_formulas

    if out is not None:
        make_folder(out.parent)
    predictor = load_predictor(model)
    table = most_worth_labelling(predictor, read_rows(rows, predictor, given), most=most)
    if out is None:
        sys.stdout.write(without_formulas(table).to_csv(index=False))
        return
    write_table(table, out)
    say(f"Wrote {len(table)} rows to {out}")


label = with_settings(_label, only=READER)
