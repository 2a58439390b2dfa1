"""``podium export``."""

from pathlib import Path
from typing import Annotated

import typer

from podium.terminal import say


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run on this machine.")],
    model: Annotated[str, typer.Option("--model", help="Name of a model on the leaderboard.")],
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("model.pkl"),
) -> None:
    """Write any model of the leaderboard to a file, which predicts and explains like the chosen one."""
    from podium.api import open_run
    from podium.commands._output import make_folder
    from podium_ml.ingestion.disk import writing

    make_folder(out.parent)
    predictor = open_run(run).model(model)
    with writing(out):
        size = predictor.save(out)
    say(f"Wrote {model} to {out} ({size:,} bytes)")
