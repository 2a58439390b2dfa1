"""``podium notebook``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from podium.terminal import say


def notebook(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")],
    model: Annotated[
        str, typer.Option("--model", help="Name of a model on the leaderboard; by default the chosen one.")
    ] = "",
    out: Annotated[Path, typer.Option("--out", help="File to write; - prints it.")] = Path("model.ipynb"),
) -> None:
    """Write a notebook that loads a model, predicts, scores and explains, and runs as it stands."""
    from podium.api import open_run
    from podium.commands._output import make_folder
    from podium.notebook import make_notebook
    from podium_ml.ingestion.disk import writing
    from podium_ml.values.printable import printable

    text = make_notebook(open_run(run), model)
    if str(out) == "-":
        sys.stdout.write(printable(text) if sys.stdout.isatty() else text)
        return
    make_folder(out.parent)
    with writing(out):
        out.write_text(text, encoding="utf-8")
    say(f"Wrote {out}")
