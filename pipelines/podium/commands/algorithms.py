"""``podium algorithms``."""

from typing import Annotated

import typer


def algorithms(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the algorithms."""
    from podium.commands._output import show_rows
    from podium_ml.kinds import KINDS

    rows = [
        {
            "name": spec.name,
            "kind": kind.name,
            "tasks": ", ".join(sorted(spec.tasks)),
            "interpretable": "yes" if spec.interpretable else "",
            "extra": spec.extra,
            "description": spec.description,
        }
        for kind in KINDS.values()
        for spec in kind.algorithms.values()
    ]
    show_rows(rows, as_json=as_json)
