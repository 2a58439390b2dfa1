"""Schedules and runs of the server, for those who have one."""

import asyncio
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from podium.run_folder import RunFolder
from podium.studio.shared import Studio, checked_form, studio_of
from podium.studio.workplace import Workplace
from podium_ml.errors import PodiumError

# What can be done with a schedule, and the right that it takes.
_ACTIONS = {
    "pause": ("disable", "jobs"),
    "resume": ("enable", "jobs"),
    "trigger": ("create", "runs"),
    "delete": ("delete", "jobs"),
}
_LISTS = {"schedules": ("schedules", "--json"), "runs": ("runs", "--engine", "kubeflow", "--json")}
# Folders among which those of the server's newest runs are looked for.
_NEWEST = 200


async def show(request: Request) -> Response:
    """Show what the server holds; what cannot be reached is told once."""
    studio = studio_of(request)
    found = await asyncio.gather(*(_listed(studio, *words) for words in _LISTS.values()))
    parts = {name: rows for name, (rows, _) in zip(_LISTS, found, strict=True)}
    errors = dict.fromkeys(error for _, error in found if error)
    return studio.pages.show(
        "servers.html", parts=parts, errors=list(errors), here=_folders(studio.workplace)
    )


async def act(request: Request) -> Response:
    """Pause, resume, trigger or delete a schedule, or open a run that was started elsewhere."""
    studio, form = studio_of(request), await checked_form(request)
    action = str(form.get("action"))
    if action == "open":
        runs = str(studio.workplace.runs)
        made = await studio.children.text("open", "--folder", runs, "--", str(form.get("run", "")))
        return studio.pages.go(f"/runs/{Path(made.splitlines()[-1]).name}")
    if action not in _ACTIONS:
        raise PodiumError("There is no such action.")
    await studio.guard.require(*_ACTIONS[action])
    await studio.children.text(action, "--", str(form.get("schedule", "")))
    return studio.pages.go("/servers")


ROUTES = [Route("/servers", show), Route("/servers", act, methods=["POST"])]


async def _listed(studio: Studio, *words: str) -> tuple[list[dict[str, Any]], str]:
    """Return the rows that a command lists, or why there are none."""
    try:
        return await studio.children.json(*words), ""
    except PodiumError as error:
        return [], str(error)


def _folders(workplace: Workplace) -> dict[str, str]:
    """Return the folders of runs of the server by their ids, as far as they are among the newest."""
    known = {}
    for name in islice(workplace.newest_first(), _NEWEST):
        with suppress(OSError, ValueError, TypeError):  # others may write to the folder
            known[RunFolder(workplace.runs / name).state.run_id] = name
    return known
