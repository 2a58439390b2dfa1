"""The list of runs, and their comparison."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from podium.run_folder import RunFolder
from podium.studio.forms import settings_in_words
from podium.studio.results_view import results_of
from podium.studio.shared import studio_of, to_number
from podium.studio.workplace import Workplace
from podium_ml.errors import PodiumError

_PAGE = 50
_DAMAGED = {"status": "damaged", "started": 0, "seconds": None, "target": "", "kind": "", "engine": ""}


async def home(request: Request) -> Response:
    """Show the runs, newest first."""
    studio, start = studio_of(request), to_number(request.query_params.get("from", ""))
    names = studio.workplace.newest_first()
    rows = [_row(studio.workplace, name) for name in names[start : start + _PAGE]]
    return studio.pages.show(
        "home.html", rows=rows, total=len(names), start=start, size=_PAGE, folder=str(studio.workplace.runs)
    )


async def compare(request: Request) -> Response:
    """Show some runs side by side."""
    studio = studio_of(request)
    folders = [studio.workplace.run(name) for name in request.query_params.getlist("run")[:8]]
    found = [(folder.path.name, folder, results_of(folder)) for folder in folders]
    settings = [settings_in_words(folder.readable_settings) for folder in folders]
    labels = dict.fromkeys(label for one in settings for label in one)
    differing = [label for label in labels if len({one.get(label, "") for one in settings}) > 1]
    return studio.pages.show("compare.html", found=found, settings=settings, differing=differing)


ROUTES = [Route("/", home), Route("/compare", compare)]


def _row(workplace: Workplace, name: str) -> dict[str, Any]:
    folder = RunFolder(workplace.runs / name)
    try:
        state, settings = folder.state, folder.readable_settings
    except (OSError, ValueError, TypeError, PodiumError) as error:  # others may write to the folder
        return {**_DAMAGED, "name": name, "remark": f"The folder of this run is damaged: {error}"}
    return {
        "name": name,
        "status": state.status,
        "started": state.started,
        "seconds": folder.seconds,
        "target": settings.target,
        "kind": state.problem,
        "engine": state.engine,
        "remark": state.error or state.note,
    }
