"""``podium doctor``."""

from typing import Annotated

import typer


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check each server and say what is wrong and how to mend it; exit code 2 if anything is."""
    from podium.commands._output import show_rows
    from podium.servers.connections import Connections
    from podium.servers.doctor import examine

    findings = examine(Connections())
    if as_json:
        show_rows([vars(one) for one in findings], as_json=True)
    else:
        for one in findings:
            print(f"{one.verdict:<8} {one.check:<20} {one.seen}")
            if one.remedy:
                print(f"{'':<8} {'':<20} {one.remedy}")
    if any(one.verdict == "wrong" for one in findings):
        raise typer.Exit(2)
