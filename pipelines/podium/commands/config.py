"""``podium config``."""

from typing import Annotated

import typer


def config(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show the settings of the servers and where each value comes from; secrets are masked."""
    from podium.commands._output import show_rows
    from podium.servers.connections import Connections

    settings = Connections().settings
    rows = [
        {"setting": name, "value": setting.shown, "from": setting.origin}
        for name, setting in settings.items()
    ]
    show_rows(rows, as_json=as_json)
