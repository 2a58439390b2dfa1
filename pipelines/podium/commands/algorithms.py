"""``podium algorithms``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from podium_ml.kinds import Kind


def algorithms(
    spaces: Annotated[
        bool,
        typer.Option("--spaces", help="List the values that are searched, as --search-space takes them."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the algorithms."""
    from podium.commands._output import show_rows
    from podium_ml.kinds import KINDS

    if spaces:
        show_rows([row for kind in KINDS.values() for row in _spaces(kind)], as_json=as_json)
        return
    rows = [
        {
            "name": spec.name,
            "title": spec.title,
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


def _spaces(kind: "Kind") -> list[dict[str, Any]]:
    """Return the values of each hyperparameter of each algorithm."""
    from podium_ml.algorithms import written

    return [
        {"kind": kind.name, "algorithm": spec.name, "parameter": name, "values": written(dimension)}
        for spec in kind.algorithms.values()
        for name, dimension in spec.search_space.items()
    ]
