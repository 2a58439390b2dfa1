"""The application: pages, their door, and what they share."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from podium.studio.door import Door, Keys
from podium.studio.routes import browse, champions, models, new, run, runs, servers, use
from podium.studio.shared import Studio, studio_of
from podium.studio.workplace import NotFoundError, Workplace
from podium_ml.errors import PodiumError
from podium_ml.files.full_disk import HINT, MESSAGE, is_full
from podium_ml.reporting.environment import COLOURS

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_STATIC = Path(__file__).with_name("static")


def make_app(
    workplace: Workplace, keys: Keys, *, hosts: Collection[str] = LOCAL_HOSTS, prefix: str = ""
) -> Door:
    """Return the studio as an ASGI application.

    Args:
        workplace: The folders.
        keys: The secrets.
        hosts: Names of this server.
        prefix: Path that it is mounted under, such as ``/studio``; empty for none.
    """
    return Door(make_pages(Studio(workplace, keys, prefix=prefix)), keys=keys, hosts=hosts)


def make_pages(studio: Studio) -> Starlette:
    """Return the pages without a door."""
    routes: list[Any] = [
        *runs.ROUTES,
        *browse.ROUTES,
        *new.ROUTES,
        *run.ROUTES,
        *use.ROUTES,
        *models.ROUTES,
        *champions.ROUTES,
        *servers.ROUTES,
        Route("/static/colours.css", _colours),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    app = Starlette(
        routes=[Mount(studio.prefix, routes=routes)] if studio.prefix else routes,
        exception_handlers={PodiumError: _told, HTTPException: _refused, Exception: _failed},
    )
    app.state.studio = studio
    return app


async def _colours(request: Request) -> Response:
    """Return the colours, which are those of reports."""
    return FileResponse(COLOURS)


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, PodiumError)
    status = 404 if isinstance(error, NotFoundError) else 400
    return studio_of(request).pages.show(
        "error.html", status=status, title="This did not work", text=str(error)
    )


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = "There is no such page." if error.status_code == 404 else str(error.detail)
    return studio_of(request).pages.show(
        "error.html", status=error.status_code, title="This did not work", text=text
    )


def _failed(request: Request, error: Exception) -> Response:
    if is_full(error):
        return studio_of(request).pages.show(
            "error.html", status=507, title="This did not work", text=f"{MESSAGE}\n{HINT}"
        )
    return PlainTextResponse(f"Podium has a bug: {type(error).__name__}: {error}", 500)
