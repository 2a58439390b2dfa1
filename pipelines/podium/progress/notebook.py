"""Progress in a notebook: one output that is replaced as the run goes on."""

import sys
import time
from collections.abc import Callable
from html import escape
from importlib import import_module
from typing import Any

from podium.progress.state import Branch, Progress, clock, reason_of, trials_of
from podium_ml.run.stages import STAGES

_SECONDS_BETWEEN = 1.0


class NotebookProgress:
    """Shows the stage, the time and the branches of a run as HTML.

    Args:
        update: Shows HTML in place of what was shown before.
        started: When the run started, in seconds since the epoch.
        time_limit: Wall-clock limit of the run in seconds, or ``None``.
    """

    def __init__(self, update: Callable[[str], None], *, started: float, time_limit: float | None) -> None:
        self._update, self._time_limit = update, time_limit
        self._started, self._shown = started, 0.0
        self._notices: list[str] = []
        self._progress = Progress()

    def event(self, event: dict[str, Any], progress: Progress) -> None:
        """See ``Show.event``."""
        if event["event"] == "notice":
            self._notices.append(str(event["text"]))

    def tick(self, progress: Progress) -> None:
        """See ``Show.tick``. The browser gets a new state once a second at most."""
        self._progress = progress
        if time.time() - self._shown >= _SECONDS_BETWEEN:
            self._draw()

    def close(self) -> None:
        """See ``Show.close``."""
        self._draw()

    def _draw(self) -> None:
        self._shown = time.time()
        self._update(
            f"<p>{self._headline()}</p>{_table(self._progress)}"
            + "".join(f"<p>{escape(text)}</p>" for text in self._notices)
        )

    def _headline(self) -> str:
        running = [stage.title for stage in STAGES if self._progress.stages.get(stage.name) == "running"]
        limit = f" of {clock(self._time_limit)}" if self._time_limit else ""
        spent = f"<b>{clock(max(0.0, time.time() - self._started))}{limit}</b>"
        return f"{spent} {escape(running[-1])}" if running else spent


def notebook_progress(*, started: float, time_limit: float | None) -> NotebookProgress | None:
    """Return a display in the output of the running notebook cell, or ``None`` outside of notebooks.

    A notebook has imported IPython, so nothing is imported here that is not there already.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    shown = import_module("IPython.display")
    handle = shown.display(shown.HTML(""), display_id=True)
    return NotebookProgress(
        lambda text: handle.update(shown.HTML(text)), started=started, time_limit=time_limit
    )


def _table(progress: Progress) -> str:
    if not progress.branches:
        return ""
    titles = "".join(f"<th>{title}</th>" for title in ("algorithm", "status", "trials", "best score"))
    rows = "".join(_row(branch) for branch in progress.branches.values())
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>"


def _row(branch: Branch) -> str:
    status = f"{branch.status}: {reason_of(branch)}" if branch.reason else branch.status
    best = "" if branch.best is None else f"{branch.best:.5g}"
    cells = (branch.algorithm, status, trials_of(branch), best)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
