"""``podium preview``."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from podium.commands._options import READER, read_config, with_settings
from podium.terminal import say

_READ, _EXAMPLES = 10_000, 3


def _preview(
    source: Annotated[
        str | None, typer.Argument(metavar="DATA", help="File, folder, glob or URL of rows.")
    ] = None,
    *,
    config: Annotated[
        Path | None, typer.Option("--config", help="YAML file of settings; options override it.")
    ] = None,
    rows: Annotated[int, typer.Option("--rows", min=1, help="Rows to show with --json.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    given: dict[str, Any],
) -> None:
    """Show the columns of data as a run would read them, by the first rows."""
    from podium.commands._output import show_rows
    from podium_ml.errors import SettingsError
    from podium_ml.ingestion.labelled_rows import hints_of
    from podium_ml.ingestion.preview import preview as look
    from podium_ml.kinds import kind_of_settings
    from podium_ml.settings import ReaderOptions

    values = {**read_config(config), **given}
    address = source or str(values.get("source", ""))
    if not address:
        raise SettingsError("source: name the data.")
    reader = ReaderOptions.parse(values.pop("reader", {}))
    hints = hints_of(values, kind=kind_of_settings(values).name)
    found = look(address, reader, hints=hints, rows=_READ).to_dict(head=rows)
    if as_json:
        say(json.dumps(found, indent=1))
        return
    show_rows([_row(column, read=found["rows"]) for column in found["columns"]], as_json=False)
    which = "All" if found["whole"] else "The first"
    say(f"{which} {found['rows']:,} rows were read as {found['format']}.")
    for text in found["warnings"]:
        say(f"Warning: {text}")


preview = with_settings(_preview, only={*READER, "task", "target", "types", "missing_markers"})


def _row(column: dict[str, Any], *, read: int) -> dict[str, Any]:
    values = ", ".join(column.get("values", ())[:_EXAMPLES])
    if column.get("edges"):
        values = f"{column['edges'][0]:.6g} to {column['edges'][-1]:.6g}"
    return {
        "column": column["name"],
        "type": column["type"],
        "missing": f"{column['missing'] / max(1, read):.0%}",
        "distinct": column["distinct"],
        "values": values,
        "note": column["note"],
    }
