"""The models of a run's leaderboard: how each was made, its charts, and the model as a file or a notebook."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from podium.studio.model_files import make_notebook, model_file
from podium.studio.results_view import model_page
from podium.studio.shared import checked_form, run_at, to_keep
from podium_ml.errors import PodiumError, RunError


async def show(request: Request) -> Response:
    """Show one model."""
    studio, folder = run_at(request)
    page = model_page(folder, request.path_params["model"])
    return studio.pages.show("model.html", name=folder.path.name, model=page)


async def download(request: Request) -> Response:
    """Return a model as a file; one that was not chosen is put together first."""
    studio, folder = run_at(request)
    name = model_page(folder, request.path_params["model"]).row.name
    file = await model_file(studio, folder, name)
    return FileResponse(file, headers=to_keep(f"{name}.pkl"), media_type="application/octet-stream")


async def notebook(request: Request) -> Response:
    """Return a notebook that uses a model."""
    studio, folder = run_at(request)
    name = model_page(folder, request.path_params["model"]).row.name
    text = await make_notebook(studio, folder, name)
    return Response(text, media_type="application/x-ipynb+json", headers=to_keep(f"{name}.ipynb"))


async def act(request: Request) -> Response:
    """Register a model."""
    studio, folder = run_at(request)
    form = await checked_form(request)
    name = model_page(folder, request.path_params["model"]).row.name
    if form.get("action") != "register":
        raise PodiumError("There is no such action.")
    if studio.surroundings.is_shared:
        # It would be loaded beside the key that signs models.
        raise RunError(
            "The studio of a cluster registers no models.", "Download it, or use `podium register`."
        )
    await studio.registry.text("register", "--model", name, "--", str(folder.path))
    return studio.pages.go("/champions")


ROUTES = [
    Route("/runs/{run}/models/{model}", show),
    Route("/runs/{run}/models/{model}", act, methods=["POST"]),
    Route("/runs/{run}/models/{model}/file", download),
    Route("/runs/{run}/models/{model}/notebook", notebook),
]
