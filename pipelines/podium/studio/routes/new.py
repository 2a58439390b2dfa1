"""A new run, step by step: data, columns, checks, settings, review."""

from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from podium.studio.columns import SHOWN, entered_columns, wishes_of
from podium.studio.draft_settings import checked_settings, config_of, kind_of_draft, values_of
from podium.studio.drafts import Draft
from podium.studio.equals import equals_of
from podium.studio.forms import (
    ABOUT,
    READER,
    fields_of,
    merged,
    mistakes_by_name,
    named,
    settings_in_words,
)
from podium.studio.previews import preview_of
from podium.studio.run_control import start_run
from podium.studio.shared import Studio, checked_form, studio_of, to_number
from podium.studio.spaces import entered_spaces, spaces_of
from podium.studio.uploads import is_file, safe_name, store, store_folder
from podium.studio.workplace import shown_source
from podium_ml.errors import DataError, PodiumError
from podium_ml.kinds import KINDS
from podium_ml.settings import ReaderOptions, Settings

STEPS = ("data", "columns", "checks", "settings", "review")


async def begin(request: Request) -> Response:
    """Ask for the kind of problem."""
    kinds = [
        (name, kind.title.capitalize(), kind.questions or kind.description) for name, kind in KINDS.items()
    ]
    return studio_of(request).pages.show("begin.html", kinds=kinds)


async def create(request: Request) -> Response:
    """Make a draft: an empty one of a kind, or one with the settings of a run."""
    studio, form = studio_of(request), await checked_form(request)
    if name := str(form.get("run", "")):
        folder = studio.workplace.run(name)
        settings = folder.readable_settings.model_dump(mode="json", exclude_defaults=True)
        engine = folder.state.engine
        draft = studio.drafts.new(kind=folder.kind.name, values=settings, engine=engine)
        return studio.pages.go(f"/new/{draft.id}/review")
    kind = str(form.get("kind", ""))
    engine = studio.surroundings.engines[0]
    draft = studio.drafts.new(kind=kind if kind in KINDS else next(iter(KINDS)), engine=engine)
    return studio.pages.go(f"/new/{draft.id}/data")


async def step(request: Request) -> Response:
    """Show one step of a draft."""
    studio, draft, name = studio_of(request), _draft(request), request.path_params["step"]
    if draft.run:
        return studio.pages.go(f"/runs/{draft.run}")
    if name == "columns":
        return await _columns(studio, draft, start=to_number(request.query_params.get("from", "")))
    return await _SHOWN[name](studio, draft)


async def save(request: Request) -> Response:
    """Keep what a step's form holds, and go where its button says."""
    studio, draft, name = studio_of(request), _draft(request), request.path_params["step"]
    form = await checked_form(request)
    onward, _, start = str(form.pop("onward", "") or name).partition(" ")
    values, told = draft.values, ""
    try:
        if sent := await _keep(studio, draft, form.pop("upload", None), form.pop("folder", None)):
            form["source"] = str(sent)
    except DataError as error:
        told = str(error)
    form |= entered_columns(form, values) | entered_spaces(form)
    values = merged(values, form, kind_of_draft(draft))
    engine, engines = str(form.get("engine") or draft.engine), studio.surroundings.engines
    draft = studio.drafts.save(draft, values=values, engine=engine if engine in engines else engines[0])
    if told:
        return await _data(studio, draft, told=told)
    if name == "review" and onward == "start":
        return await _start(studio, draft)
    target = f"/new/{draft.id}/{onward if onward in STEPS else name}"
    return studio.pages.go(target, **{"from": str(to_number(start) or "")})


async def add_to_folder(request: Request) -> Response:
    """Keep some files of a folder, which a script sends in parts, because a folder may hold very many."""
    studio, draft = studio_of(request), studio_of(request).drafts.load(request.path_params["draft"])
    form = await checked_form(request)
    try:
        kept = await store_folder(
            _files_of(form.get("folder")), _uploads(studio, draft), anew=bool(form.get("anew"))
        )
    except PodiumError as error:
        return JSONResponse({"error": str(error)}, 400)
    return JSONResponse({"source": str(kept)})


async def schedule(request: Request) -> Response:
    """Make a schedule of the settings of a draft."""
    studio, draft = studio_of(request), studio_of(request).drafts.load(request.path_params["draft"])
    form = await checked_form(request)
    cron = str(form.get("cron", "")).strip()
    await studio.guard.require("create", "jobs")
    try:
        checked_settings(studio, draft)
        await studio.children.text("schedule", f"--cron={cron}", "--config", str(config_of(studio, draft)))
    except PodiumError as error:
        return await _review(studio, draft, cron=cron, error=str(error))
    return studio.pages.go("/servers")


ROUTES = [
    Route("/new", begin),
    Route("/new", create, methods=["POST"]),
    Route("/new/{draft}/schedule", schedule, methods=["POST"]),
    Route("/new/{draft}/folder", add_to_folder, methods=["POST"]),
    Route("/new/{draft}/{step}", step),
    Route("/new/{draft}/{step}", save, methods=["POST"]),
]


async def _data(studio: Studio, draft: Draft, *, told: str = "") -> Response:
    """Show where the data are, and why what was uploaded is of no use."""
    found, error = await preview_of(studio, draft)
    if found:
        studio.catalogue.begin()  # for the page of settings, which comes soon
    fields = fields_of(kind_of_draft(draft), draft.values)
    return studio.pages.show(
        "new_data.html",
        **_common(draft, "data"),
        source=named(fields, ["source"])[0],
        reader=named(fields, [READER + name for name in ReaderOptions.model_fields]),
        preview=found,
        error=told or error,
        files=_files(studio),
        status=400 if told else 200,
    )


async def _columns(studio: Studio, draft: Draft, *, start: int = 0) -> Response:
    """Show a page of columns, beginning with one of them."""
    found, error = await preview_of(studio, draft)
    fields = fields_of(kind_of_draft(draft), draft.values)
    known = kind_of_draft(draft).settings.model_fields
    roles = named(
        fields, [name for name in known if name.endswith("_column") or name in ("known", "horizon")]
    )
    return studio.pages.show(
        "new_columns.html",
        **_common(draft, "columns"),
        preview=found,
        error=error,
        roles=roles,
        wishes=wishes_of(draft.values),
        settings=known,
        start=start,
        size=SHOWN,
    )


async def _checks(studio: Studio, draft: Draft) -> Response:
    results: list[dict[str, str]] = []
    error = ""
    try:
        checked_settings(studio, draft)
        results = await studio.children.json("check", "--json", "--config", str(config_of(studio, draft)))
    except PodiumError as caught:
        error = str(caught)
    return studio.pages.show("new_checks.html", **_common(draft, "checks"), results=results, error=error)


async def _settings(studio: Studio, draft: Draft) -> Response:
    errors, others = mistakes_by_name(kind_of_draft(draft).settings.mistakes(values_of(draft)))
    fields = fields_of(kind_of_draft(draft), draft.values, errors=errors)
    shown = {
        panel: [field for field in group if field.name != "source" and not field.name.startswith(READER)]
        for panel, group in fields.items()
    }
    first = [name for name in kind_of_draft(draft).first_settings if name not in ("source", "target")]
    choices = await studio.catalogue.of(kind_of_draft(draft))
    spaces = spaces_of(choices.spaces, draft.values)
    hidden = [*first, *(["search_space"] if spaces else [])]
    return studio.pages.show(
        "new_settings.html",
        **_common(draft, "settings"),
        first=named(fields, first),
        panels={panel: [one for one in group if one.name not in hidden] for panel, group in shown.items()},
        choices=choices,
        spaces=spaces,
        space_error=errors.get("search_space", ""),
        about=ABOUT,
        errors=others,
    )


async def _review(studio: Studio, draft: Draft, *, cron: str = "", error: str = "") -> Response:
    settings = None
    try:
        settings = checked_settings(studio, draft)
    except PodiumError as caught:
        error = str(caught)
    return studio.pages.show(
        "new_review.html",
        **_common(draft, "review"),
        summary=settings_in_words(settings) if settings else {},
        equals=equals_of(_elsewhere(studio, settings), engine=draft.engine) if settings else None,
        error=error,
        cron=cron,
    )


def _elsewhere(studio: Studio, settings: Settings) -> Settings:
    """Return settings for a user's own machine, where uploads to a pod are files of other places."""
    if not studio.surroundings.is_shared:
        return settings
    return settings.model_copy(
        update={name: shown_source(getattr(settings, name)) for name in ("source", "test")}
    )


_SHOWN = {"data": _data, "checks": _checks, "settings": _settings, "review": _review}


async def _start(studio: Studio, draft: Draft) -> Response:
    """Start the run of a draft, once."""
    await studio.guard.require("create", "runs")
    async with studio.starting:
        draft = studio.drafts.load(draft.id)
        if not draft.run:
            settings = checked_settings(studio, draft)
            name = await start_run(studio, settings, engine=draft.engine, config=config_of(studio, draft))
            draft = studio.drafts.save(draft, run=name)
    return studio.pages.go(f"/runs/{draft.run}")


def _draft(request: Request) -> Draft:
    if request.path_params["step"] not in STEPS:
        raise PodiumError("There is no such step.")
    return studio_of(request).drafts.load(request.path_params["draft"])


async def _keep(studio: Studio, draft: Draft, upload: Any, folder: Any) -> Path | None:
    """Store what was uploaded, and return where it is; ``None`` if nothing was."""
    if is_file(upload):
        place = _uploads(studio, draft)
        return await store(upload, place / safe_name(str(upload.filename), otherwise="data.csv"))
    if files := _files_of(folder):
        return await store_folder(files, _uploads(studio, draft), anew=True)
    return None


def _files_of(field: Any) -> list[UploadFile]:
    """Return the files of a field of a form."""
    return [one for one in (field if isinstance(field, list) else [field]) if is_file(one)]


def _uploads(studio: Studio, draft: Draft) -> Path:
    """Return the folder of the uploads of a draft."""
    folder = studio.workplace.own / "uploads" / draft.id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _files(studio: Studio) -> list[str]:
    """Return data files in the folders that may be read, for the list of suggestions."""
    endings = (".csv", ".tsv", ".parquet", ".xlsx", ".jsonl", ".json", ".csv.gz", ".arrow", ".feather")
    found = [
        str(path)
        for root in studio.workplace.roots
        for path in sorted(root.iterdir())
        if path.is_file() and path.name.endswith(endings) and not path.name.startswith(".")
    ]
    return found[:200]


def _common(draft: Draft, step: str) -> dict[str, Any]:
    return {
        "draft": draft,
        "step": step,
        "steps": STEPS,
        "kind": kind_of_draft(draft),
        "values": draft.values,
    }
