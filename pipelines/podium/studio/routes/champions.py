"""Registered models: their versions, which of them is the champion, and the way back to an earlier one."""

from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from podium.studio.shared import Studio, checked_form, studio_of
from podium_ml.errors import PodiumError, RunError


async def show(request: Request) -> Response:
    """Show the versions of each registered model."""
    studio = studio_of(request)
    versions: list[dict[str, Any]] = []
    error = ""
    try:
        _check_registry(studio)
        versions = await studio.registry.json("champions", "--json", "--folder", str(studio.workplace.runs))
    except PodiumError as caught:
        error = str(caught)
    models = [(name, list(rows)) for name, rows in groupby(versions, key=lambda one: one["model"])]
    return studio.pages.show("champions.html", models=models, error=error)


async def act(request: Request) -> Response:
    """Make a version the champion."""
    studio, form = studio_of(request), await checked_form(request)
    _check_registry(studio)
    name, version = str(form.get("model", "")), str(form.get("version", ""))
    folder = str(studio.workplace.runs)
    if not version.isdecimal():
        raise PodiumError("There is no such version.", "See the list of versions.")
    await studio.registry.text("rollback", "--to", version, "--folder", folder, "--", name)
    return studio.pages.go("/champions")


def _check_registry(studio: Studio) -> None:
    """Refuse what asks the registry of models where it cannot be asked in the user's name.

    Raises:
        RunError: This is such a place.
    """
    if not studio.surroundings.has_registry:
        raise RunError(
            "The studio does not know the registry of models of this namespace.",
            "Ask the owner of the cluster to name it (manifests/README.md), or use MLflow's own pages.",
        )


ROUTES = [Route("/champions", show), Route("/champions", act, methods=["POST"])]
