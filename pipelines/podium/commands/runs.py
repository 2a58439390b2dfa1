"""``podium runs``."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from podium.terminal import say


def runs(
    folder: Annotated[Path, typer.Option("--folder", help="Folder that holds the runs.")] = Path("runs"),
    engine: Annotated[
        str, typer.Option("--engine", help="local lists the runs of a folder, kubeflow those of the server.")
    ] = "local",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the runs of a folder or of the server, newest first."""
    from podium.commands._output import show_rows
    from podium.engines import check_engine

    check_engine(engine)
    rows = _of_server() if engine == "kubeflow" else _of_folder(folder)
    if not rows and not as_json:
        where = folder if engine == "local" else "the server"
        say(f"No runs in {where}. Start one with: podium run data.csv --target COLUMN")
        return
    show_rows(rows, as_json=as_json)


def _of_folder(folder: Path) -> list[dict[str, Any]]:
    from podium.commands._output import relative
    from podium.run_folder import RunFolder

    found = [RunFolder(path.parent) for path in folder.glob("*/run.json")]
    return [
        {
            "run": str(relative(run.path)),
            "status": (state := run.state).status,
            "started": _time(datetime.fromtimestamp(state.started).astimezone()),
            "seconds": run.seconds,
            "remark": state.error or state.note,
        }
        for run in sorted(found, key=lambda run: -run.state.started)
    ]


def _of_server() -> list[dict[str, Any]]:
    from podium.servers.connections import Connections
    from podium.servers.kubeflow import Kubeflow, status_of

    return [
        {
            "run": run.run_id,
            "name": run.display_name,
            "status": status_of(run),
            "started": _time(run.created_at.astimezone()) if run.created_at else "",
            "seconds": _seconds(run),
        }
        for run in Kubeflow(Connections()).runs()
    ]


def _seconds(run: Any) -> float | None:
    """Return the duration of a run on the server; the end of an unfinished run may be in the year 1970."""
    if not run.finished_at or not run.created_at or run.finished_at < run.created_at:
        return None
    return float((run.finished_at - run.created_at).total_seconds())


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
