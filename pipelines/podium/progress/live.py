"""Progress in a terminal: stages and branches in a table that redraws itself."""

import time
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from podium.progress.state import Branch, Progress, clock, reason_of, trials_of
from podium_ml.run.stages import NAMES
from podium_ml.values.printable import printable

_MARKS = {"running": ("●", "yellow"), "done": ("✓", "green"), "failed": ("✗", "red")}
_COLOURS = {"running": "yellow", "ok": "green", "failed": "red", "waiting": "dim"}


class LiveTable:
    """A live view of the run.

    Args:
        console: Console to draw on.
        started: When the run started, in seconds since the epoch.
        time_limit: Wall-clock limit of the run in seconds, or ``None``.
    """

    def __init__(self, console: Console, *, started: float, time_limit: float | None) -> None:
        self._started, self._time_limit = started, time_limit
        self._live = Live(console=console, refresh_per_second=4, transient=True)
        self._live.start()

    def event(self, event: dict[str, Any], progress: Progress) -> None:
        """See ``Show.event``."""
        if event["event"] == "notice":
            self._live.console.print(Text(printable(event["text"]), style="yellow"))

    def tick(self, progress: Progress) -> None:
        """See ``Show.tick``."""
        self._live.update(Group(self._headline(progress), _branches(progress)))

    def close(self) -> None:
        """See ``Show.close``."""
        self._live.stop()

    def _headline(self, progress: Progress) -> Text:
        elapsed = max(0.0, time.time() - self._started)
        left = f" of {clock(self._time_limit)}" if self._time_limit else ""
        text = Text(f"{clock(elapsed)}{left}  ", style="bold")
        for stage in NAMES:
            mark, colour = _MARKS.get(progress.stages.get(stage, ""), ("·", "dim"))
            text.append(f"{mark} {stage.split('_')[0]}  ", style=colour)
        return text


def _branches(progress: Progress) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title, justify in (
        ("algorithm", "left"),
        ("trials", "right"),
        ("best score", "right"),
        ("time", "right"),
    ):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    table.add_column("")
    for branch in progress.branches.values():
        best = "" if branch.best is None else f"{branch.best:.5g}"
        style = _COLOURS.get(branch.status, "")
        table.add_row(
            Text(printable(branch.algorithm)),  # a plain string may hold marks of rich
            trials_of(branch),
            best,
            _times(branch),
            Text(printable(reason_of(branch))),
            style=style,
        )
    return table


def _times(branch: Branch) -> str:
    if not branch.started:
        return ""
    spent = max(0.0, (branch.ended or time.time()) - branch.started)
    share = f" / {clock(branch.seconds)}" if branch.seconds and branch.status == "running" else ""
    return clock(spent) + share
