"""One run: its progress and its results."""

import json

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from podium.run_folder import FETCHED, RunFolder
from podium.studio.kind_views import views_of
from podium.studio.log_lines import telling_lines
from podium.studio.results_view import results_of
from podium.studio.run_control import cancel_run, resume_run
from podium.studio.shared import checked_form, run_at, to_keep
from podium.studio.thresholds import threshold_costs
from podium_ml.errors import PodiumError, RunError

# The report runs its own script and nothing else: it comes from a run, which may be somebody else's.
_REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; "
    "frame-ancestors 'self'"
)
_LAST_LINES = 400
_ACTIONS = {"cancel": cancel_run, "resume": resume_run}


async def show(request: Request) -> Response:
    """Show a run: its progress while it goes on, its results afterwards."""
    studio, folder = run_at(request)
    state = folder.state
    if state.status != "succeeded":
        studio.catalogue.begin()  # for the titles of algorithms
    common = {
        "name": folder.path.name,
        "state": state,
        "settings": folder.readable_settings,
        "live": json.loads(studio.live.now(folder.path.name)),
    }
    if state.status == "succeeded" and not state.note:
        results, views = results_of(folder), views_of(folder.kind)
        shown = views.view.shown(folder.path, results.problem) if views.results else None
        costs = threshold_costs(results.thresholds, request.query_params)
        return studio.pages.show(
            "run_done.html", **common, results=results, views=views, shown=shown, costs=costs
        )
    return studio.pages.show("run_live.html", **common)


async def events(request: Request) -> Response:
    """Send the state of a run as it changes; a browser that comes back names the last one that it has seen."""
    studio, folder = run_at(request)
    stream = studio.live.follow(folder.path.name, after=request.headers.get("last-event-id", ""))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def state(request: Request) -> Response:
    """Return the state of a run once, for browsers without server-sent events."""
    studio, folder = run_at(request)
    return JSONResponse(json.loads(studio.live.now(folder.path.name)))


async def report(request: Request) -> Response:
    """Return the report, which is shown in a frame of its own."""
    _, folder = run_at(request)
    return _file(folder, "report.html", {"Content-Security-Policy": _REPORT_POLICY}, media_type="text/html")


async def download(request: Request) -> Response:
    """Return a delivered file."""
    _, folder = run_at(request)
    name = request.path_params["file"]
    if name not in FETCHED:
        raise RunError("There is no such file.")
    return _file(folder, name, to_keep(name), media_type="application/octet-stream")


async def logs(request: Request) -> Response:
    """Show the last lines of the logs."""
    studio, folder = run_at(request)
    text = await studio.children.text("logs", "--", str(folder.path))
    lines = list(telling_lines(text.splitlines()))[-_LAST_LINES:]
    return studio.pages.show("logs.html", name=folder.path.name, lines=lines)


async def act(request: Request) -> Response:
    """Cancel or resume a run."""
    studio, folder = run_at(request)
    form = await checked_form(request)
    action = _ACTIONS.get(str(form.get("action")))
    if action is None:
        raise PodiumError("There is no such action.")
    await action(studio, folder)
    return studio.pages.go(f"/runs/{folder.path.name}")


ROUTES = [
    Route("/runs/{run}", show),
    Route("/runs/{run}", act, methods=["POST"]),
    Route("/runs/{run}/events", events),
    Route("/runs/{run}/state", state),
    Route("/runs/{run}/report", report),
    Route("/runs/{run}/files/{file}", download),
    Route("/runs/{run}/logs", logs),
]


def _file(folder: RunFolder, name: str, headers: dict[str, str], *, media_type: str) -> Response:
    path = folder.path / name
    if not path.is_file() or path.is_symlink():
        raise RunError(f"The run has no {name}.", "It is delivered when the run has succeeded.")
    return FileResponse(path, headers=headers, media_type=media_type)
