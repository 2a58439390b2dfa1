"""``podium doctor``."""

from typing import Annotated

import typer

from podium.terminal import say


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check each server and report what is wrong and how to fix it; the exit code is 2 if anything is wrong."""
    from podium.commands._output import show_rows
    from podium.servers.connections import Connections
    from podium.servers.doctor import examine

    findings = examine(Connections())
    if as_json:
        show_rows([vars(finding) for finding in findings], as_json=True)
    else:
        for finding in findings:
            say(f"{finding.verdict:<8} {finding.check:<20} {finding.seen}")
            if finding.remedy:
                say(f"{'':<8} {'':<20} {finding.remedy}")
    if any(finding.verdict == "wrong" for finding in findings):
        raise typer.Exit(2)
