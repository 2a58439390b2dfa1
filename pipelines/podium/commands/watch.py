"""``podium watch``."""

from typing import Annotated

import typer


def watch(
    run: Annotated[str, typer.Argument(help="Folder of the run, or its id on the server.")],
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only the paths of the results.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print events and results as JSON lines.")] = False,
) -> None:
    """Follow a run on a server until it ends, and fetch its results; to stop watching does not stop the run."""
    from podium.api import open_run
    from podium.commands.run import follow
    from podium_ml.errors import RunError

    opened = open_run(run)
    if opened.state.engine == "local":
        raise RunError(f"{run} runs on this machine.", "See `podium logs`.")
    follow(opened, quiet=quiet, as_json=as_json)
