"""``podium runs``."""

from pathlib import Path
from typing import Annotated

import typer


def runs(
    folder: Annotated[Path, typer.Option("--folder", help="Where to look.")] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the runs of a folder, newest first."""
    from datetime import datetime

    from podium.commands._output import show_rows
    from podium.run_folder import RunFolder

    found = [RunFolder(path.parent) for path in folder.glob("*/run.json")]
    rows = [
        {
            "run": str(run.path.relative_to(Path.cwd()) if run.path.is_relative_to(Path.cwd()) else run.path),
            "status": (state := run.state).status,
            "started": datetime.fromtimestamp(state.started).astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            "seconds": round(state.ended - state.started, 1) if state.ended else None,
            "error": state.error,
        }
        for run in sorted(found, key=lambda run: -run.state.started)
    ]
    if not rows and not as_json:
        print(f"No runs in {folder}. Start one with: podium run data.csv --target COLUMN")
        return
    show_rows(rows, as_json=as_json)
