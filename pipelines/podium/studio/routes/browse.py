"""Looking for data in the folders that may be read, and in buckets."""

from pathlib import PurePosixPath
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from podium.studio.shared import studio_of
from podium_ml.errors import DataError, PodiumError
from podium_ml.values.addresses import place_of


async def show(request: Request) -> Response:
    """Show what lies in a place, for a draft."""
    studio = studio_of(request)
    draft = studio.drafts.load(request.path_params["draft"])
    first = next(map(str, studio.workplace.roots), "")
    place = request.query_params.get("place", "").strip() or first
    entries: list[dict[str, Any]] = []
    error = ""
    try:
        if place:
            studio.workplace.check_source(place)
        entries = await studio.children.json("files", "--json", "--", place) if place else []
    except PodiumError as caught:
        error = str(caught)
    return studio.pages.show(
        "browse.html",
        draft=draft,
        place=place,
        above=_above(place),
        entries=entries,
        roots=[str(root) for root in studio.workplace.roots],
        error=error,
    )


ROUTES = [Route("/new/{draft}/browse", show)]


def _above(place: str) -> str:
    """Return the folder above a place; empty for a bucket."""
    try:
        scheme, separator, path = place.rpartition("://")
        parent = str(PurePosixPath(path).parent)
        is_local = place_of(place) == "local"
    except DataError:
        return ""
    return f"{scheme}{separator}{parent}" if is_local or parent != "." else ""
