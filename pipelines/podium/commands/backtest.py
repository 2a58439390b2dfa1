"""``podium backtest``."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from podium.commands._options import READER, with_settings
from podium.terminal import say


def _backtest(
    model: Annotated[
        Path, typer.Argument(metavar="RUN_OR_MODEL", help="Folder or id of a run, or a model.pkl.")
    ],
    newer: Annotated[
        str, typer.Argument(metavar="NEWER", help="Rows that go on after the training data, with the target.")
    ],
    step: Annotated[
        int | None, typer.Option("--step", help="Steps from one origin to the next; by default the horizon.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file to write: each forecast beside what happened.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    given: dict[str, Any],
) -> None:
    """Score what a model would have forecast of newer rows. Its parameters stay; its history goes on."""
    from podium.commands._output import make_folder, show_rows, write_csv
    from podium.commands.forecast import load_forecaster
    from podium.commands.predict import read_rows

    if out is not None:
        make_folder(out.parent)
    predictor = load_forecaster(model)
    result = predictor.backtest(read_rows(newer, predictor, given), step=step)
    rows: list[dict[str, Any]] = json.loads(result.scores.to_json(orient="records"))
    if as_json:
        say(json.dumps(rows, indent=1, default=str))
    else:
        show_rows(rows, as_json=False)
    if out is not None:
        write_csv(result.rows, out)
        if not as_json:
            say(f"Wrote {len(result.rows)} forecasts to {out}")


backtest = with_settings(_backtest, only=READER)
