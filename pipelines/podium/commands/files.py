"""``podium files``."""

from typing import Annotated

import typer


def files(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="A folder, or s3://bucket/folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the folders and files in a folder or bucket, as `run` takes them."""
    from podium.commands._output import show_rows
    from podium_ml.ingestion.browse import browse

    show_rows([one.to_row() for one in browse(place)], as_json=as_json)
