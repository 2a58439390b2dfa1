"""``podium run``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from podium.commands._options import NEEDED, gather, with_settings
from podium.commands._output import relative
from podium.terminal import say

if TYPE_CHECKING:
    from podium.api import Run
    from podium.progress.watch import Show


def _run(
    source: Annotated[
        str | None, typer.Argument(metavar="DATA", help="File, folder, glob or URL of labelled rows.")
    ] = None,
    *,
    config: Annotated[
        Path | None, typer.Option("--config", help="YAML file of settings; options override it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the run; runs/<name>-<time> by default.")
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", help="Where to run: local, or kubeflow (see `podium config`).")
    ] = "local",
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Follow the run until it ends; required for a local run.")
    ] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only the paths of the results.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print events and results as JSON lines.")] = False,
    given: dict[str, Any],
) -> None:
    """Train, compare and explain models that predict one column of a table."""
    from podium.api import name_of, start
    from podium_ml.errors import SettingsError

    settings = gather(given, config, source=source, needed=NEEDED)
    settings = settings.model_copy(update={"name": settings.name or name_of(settings.source)})
    if not wait and engine == "local":
        raise SettingsError("--no-wait: a local run ends with the command that started it.", "Leave it out.")
    run = start(settings, out=out, engine=engine)
    if run.state.link and not as_json:
        say(f"Run      {relative(run.path)}  {run.state.link}", flush=True)
    if wait:
        follow(run, quiet=quiet, as_json=as_json)


run = with_settings(_run)


def follow(run: "Run", *, quiet: bool, as_json: bool) -> None:
    """Show a run's progress until it ends, then its results.

    Ctrl-C cancels a local run and keeps its finished work; a run on a server continues.

    Raises:
        PodiumError: The run failed.
        KeyboardInterrupt: The user interrupted it.
    """
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run.wait(show=_show(run, quiet=quiet, as_json=as_json))
    except KeyboardInterrupt:
        if run.state.engine != "local":
            path = relative(run.path)
            sys.stderr.write(f"The run continues on the server; cancel it with: podium cancel {path}\n")
            raise
        run.cancel()
        sys.stderr.write(
            f"Cancelled. Finished branches are kept; resume with: podium resume {relative(run.path)}\n"
        )
        raise
    from podium.commands._summary import show_result

    show_result(run, quiet=quiet, as_json=as_json)


def _show(run: "Run", *, quiet: bool, as_json: bool) -> "Show | None":
    from podium.progress.lines import JsonLines, PlainLines

    if as_json:
        return JsonLines()
    if quiet:
        return None
    if not sys.stdout.isatty():
        return PlainLines(started=run.state.started)
    from rich.console import Console

    from podium.progress.live import LiveTable

    time_limit = run.folder.readable_settings.time_limit_seconds
    return LiveTable(Console(), started=run.state.started, time_limit=time_limit)
