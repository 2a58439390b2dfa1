"""Schedules, runs and checks of the servers, for those who have some."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from podium.studio.shared import checked_form, studio_of
from podium_ml.errors import PodiumError

# What can be done with a schedule, and the right that it takes.
_ACTIONS = {
    "pause": ("disable", "jobs"),
    "resume": ("enable", "jobs"),
    "trigger": ("create", "runs"),
    "delete": ("delete", "jobs"),
}


async def show(request: Request) -> Response:
    """Show what the servers hold; what cannot be reached is told."""
    studio = studio_of(request)
    parts, errors = {}, {}
    for name, words in {
        "schedules": ("schedules", "--json"),
        "runs": ("runs", "--engine", "kubeflow", "--json"),
    }.items():
        try:
            parts[name] = await studio.children.json(*words)
        except PodiumError as error:
            parts[name], errors[name] = [], str(error)
    return studio.pages.show("servers.html", parts=parts, errors=errors)


async def act(request: Request) -> Response:
    """Pause, resume, trigger or delete a schedule."""
    studio, form = studio_of(request), await checked_form(request)
    action = str(form.get("action"))
    if action not in _ACTIONS:
        raise PodiumError("There is no such action.")
    await studio.guard.require(*_ACTIONS[action])
    await studio.children.text(action, "--", str(form.get("schedule", "")))
    return studio.pages.go("/servers")


ROUTES = [Route("/servers", show), Route("/servers", act, methods=["POST"])]
