"""Using a model: the forms of its kind, and what it answers."""

import re
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from podium.run_folder import RunFolder
from podium.studio.kind_views import asset_of, views_of
from podium.studio.model_files import model_file
from podium.studio.results_view import inputs_of, problem_of, title_of
from podium.studio.shared import Studio, checked_form, run_at, to_keep
from podium.studio.uploads import is_file, store
from podium_ml.errors import PodiumError
from podium_ml.kinds import Question

_NAME = re.compile(r"[a-z_]{1,40}")


async def show(request: Request) -> Response:
    """Show the forms that use a model."""
    studio, folder = run_at(request)
    return _page(studio, folder, model=request.query_params.get("model", ""))


async def answer(request: Request) -> Response:
    """Run the commands that answer a form, and show the answer or return it as a file."""
    studio, folder = run_at(request)
    form, model = await checked_form(request), request.query_params.get("model", "")
    views = views_of(folder.kind)
    with studio.workplace.work_folder() as work:
        files = {name: await _kept(one, work, name) for name, one in form.items() if is_file(one)}
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            file = await model_file(studio, folder, model)
            question = Question(
                model=str(file),
                problem=problem_of(folder),
                inputs=inputs_of(folder),
                form=texts,
                files=files,
                work=work,
            )
            for words in views.view.commands(question):
                await studio.models.run(*words, reads=[file], writes=work)
            if texts.get("as") == "file":
                return _file(work / views.view.result)
            found = views.view.answer(question)
        except PodiumError as error:
            return _page(studio, folder, model=model, form=texts, error=str(error))
    return _page(studio, folder, model=model, form=texts, answer=found)


async def asset(request: Request) -> Response:
    """Return a style sheet or a script of a kind."""
    path = asset_of(request.path_params["kind"], request.path_params["file"])
    if path is None:
        raise HTTPException(404)
    return FileResponse(path)


ROUTES = [
    Route("/runs/{run}/use", show),
    Route("/runs/{run}/use", answer, methods=["POST"]),
    Route("/kinds/{kind}/{file}", asset),
]


def _page(
    studio: Studio,
    folder: RunFolder,
    *,
    model: str,
    form: dict[str, str] | None = None,
    answer: Any = None,
    error: str = "",
) -> Response:
    views, name = views_of(folder.kind), folder.path.name
    return studio.pages.show(
        "use.html",
        name=name,
        chosen=title_of(folder, model),
        problem=problem_of(folder),
        inputs=inputs_of(folder),
        form=form or {},
        answer=answer,
        error=error,
        folder=views.folder,
        styles=views.styles,
        scripts=views.scripts,
        action=studio.pages.at(f"/runs/{name}/use", model=model),
    )


async def _kept(upload: UploadFile, work: Path, field: str) -> Path:
    """Store an upload under a name of the server's choice, with its own ending, which tells the format."""
    endings = [one for one in Path(str(upload.filename)).suffixes[-2:] if one[1:].isalnum() and len(one) < 10]
    stem = field if _NAME.fullmatch(field) else "file"
    return await store(upload, work / f"{stem}-upload{''.join(endings) or '.csv'}")


def _file(path: Path) -> Response:
    """Return a file that a command wrote, for the browser to keep; its folder is about to be removed."""
    return Response(path.read_bytes(), media_type="application/octet-stream", headers=to_keep(path.name))
