"""One run: its progress, its results, predictions of its model."""

import asyncio
import csv
import io
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from podium.run_folder import FETCHED, RunFolder
from podium.studio.results_view import inputs_of, problem_of, results_of
from podium.studio.shared import Studio, checked_form, studio_of
from podium.studio.uploads import is_file, store
from podium_ml.errors import PodiumError, RunError
from podium_ml.reporting.formats import number

# The report runs its own script and nothing else: it comes from a run, which may be somebody else's.
_REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)
_MOST_SHOWN, _LAST_LINES = 200, 400


async def show(request: Request) -> Response:
    """Show a run: its progress while it goes on, its results afterwards."""
    studio, folder = _at(request)
    state = folder.state
    common = {
        "name": folder.path.name,
        "state": state,
        "settings": folder.readable_settings,
        "live": json.loads(studio.live.now(folder.path.name)),
    }
    if state.status == "succeeded" and not state.note:
        return studio.pages.show("run_done.html", **common, results=results_of(folder))
    return studio.pages.show("run_live.html", **common)


async def events(request: Request) -> Response:
    """Send the state of a run as it changes; a browser that comes back names the last one that it has seen."""
    studio, folder = _at(request)
    stream = studio.live.follow(folder.path.name, after=request.headers.get("last-event-id", ""))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def state(request: Request) -> Response:
    """Return the state of a run once, for browsers without server-sent events."""
    studio, folder = _at(request)
    return JSONResponse(json.loads(studio.live.now(folder.path.name)))


async def report(request: Request) -> Response:
    """Return the report, which is shown in a frame of its own."""
    _, folder = _at(request)
    return _file(folder, "report.html", {"Content-Security-Policy": _REPORT_POLICY}, media_type="text/html")


async def download(request: Request) -> Response:
    """Return a delivered file."""
    _, folder = _at(request)
    name = request.path_params["file"]
    if name not in FETCHED:
        raise RunError("There is no such file.")
    return _file(folder, name, _to_keep(name), media_type="application/octet-stream")


async def logs(request: Request) -> Response:
    """Show the last lines of the logs."""
    studio, folder = _at(request)
    text = await studio.children.text("logs", "--", str(folder.path))
    lines = text.splitlines()[-_LAST_LINES:]
    return studio.pages.show("logs.html", name=folder.path.name, lines=lines)


async def act(request: Request) -> Response:
    """Cancel or resume a run."""
    from podium.api import open_run

    studio, folder = _at(request)
    form = await checked_form(request)
    run = await asyncio.to_thread(open_run, folder.path)
    if form.get("action") == "cancel":
        await asyncio.to_thread(run.cancel)
    elif form.get("action") == "resume":
        await asyncio.to_thread(run.resume)
    else:
        raise PodiumError("There is no such action.")
    return studio.pages.go(f"/runs/{folder.path.name}")


async def use(request: Request) -> Response:
    """Show the forms that use the model."""
    studio, folder = _at(request)
    return _use_page(studio, folder)


async def predict(request: Request) -> Response:
    """Predict one row from a form, with what each column contributed, or the rows of an uploaded file."""
    studio, folder = _at(request)
    form = await checked_form(request)
    upload = form.pop("upload", None)
    with _work_folder(studio) as work:
        if is_file(upload):
            return await _of_file(studio, folder, upload, work)
        return await _of_row(studio, folder, form, work)


async def forecast(request: Request) -> Response:
    """Forecast the next values of every series."""
    studio, folder = _at(request)
    form = await checked_form(request)
    with _work_folder(studio) as work:
        out = work / "forecasts.csv"
        options, inputs = ["--out", str(out)], [str(folder.path)]
        if (horizon := str(form.get("horizon", ""))).isdecimal():
            options += ["--horizon", horizon]
        if is_file(plan := form.get("plan")):
            options += ["--future", str(await _kept(plan, work / "plan"))]
        if is_file(history := form.get("history")):
            inputs.append(str(await _kept(history, work / "history")))
        await studio.children.text("forecast", *options, "--", *inputs)
        if form.get("as") == "file":
            return _table_file(out)
        rows = [*csv.reader(io.StringIO(out.read_text(encoding="utf-8")))]
    return studio.pages.show(
        "forecasts.html",
        name=folder.path.name,
        header=rows[0],
        rows=rows[1 : _MOST_SHOWN + 1],
        total=len(rows) - 1,
    )


ROUTES = [
    Route("/runs/{run}", show),
    Route("/runs/{run}", act, methods=["POST"]),
    Route("/runs/{run}/events", events),
    Route("/runs/{run}/state", state),
    Route("/runs/{run}/report", report),
    Route("/runs/{run}/files/{file}", download),
    Route("/runs/{run}/logs", logs),
    Route("/runs/{run}/use", use),
    Route("/runs/{run}/use", predict, methods=["POST"]),
    Route("/runs/{run}/forecast", forecast, methods=["POST"]),
]


def _at(request: Request) -> tuple[Studio, RunFolder]:
    studio = studio_of(request)
    return studio, studio.workplace.run(request.path_params["run"])


def _file(folder: RunFolder, name: str, headers: dict[str, str], *, media_type: str) -> Response:
    path = folder.path / name
    if not path.is_file() or path.is_symlink():
        raise RunError(f"The run has no {name}.", "It is delivered when the run has succeeded.")
    return FileResponse(path, headers=headers, media_type=media_type)


def _table_file(path: Path) -> Response:
    """Return a table that a command wrote, for the browser to keep; its folder is about to be removed."""
    return Response(path.read_bytes(), media_type="text/csv", headers=_to_keep(path.name))


def _to_keep(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@contextmanager
def _work_folder(studio: Studio) -> Iterator[Path]:
    """Yield a private folder for the files of one request, and remove it."""
    work = studio.workplace.own / "work" / secrets.token_hex(8)
    work.mkdir(mode=0o700, parents=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _use_page(studio: Studio, folder: RunFolder, **values: Any) -> Response:
    problem, inputs = problem_of(folder), inputs_of(folder)
    shown = {
        "values": {one.name: one.usual for one in inputs},
        "prediction": None,
        "contributions": (),
        "error": "",
        **values,
    }
    return studio.pages.show("use.html", name=folder.path.name, problem=problem, inputs=inputs, **shown)


async def _of_row(studio: Studio, folder: RunFolder, form: dict[str, Any], work: Path) -> Response:
    """Predict one row, and say what each column contributed."""
    inputs = [one.name for one in inputs_of(folder)]
    values = {name: str(form.get(f"value.{number}", "")) for number, name in enumerate(inputs)}
    rows = work / "row.csv"
    with rows.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([list(values), list(values.values())])
    try:
        predicted = await studio.children.text("predict", *_proba(folder), "--", str(folder.path), str(rows))
        await studio.children.text(
            "explain", "--out", str(work / "why.csv"), "--", str(folder.path), str(rows)
        )
    except PodiumError as error:
        return _use_page(studio, folder, values=values, error=str(error))
    header, row = [*csv.reader(io.StringIO(predicted))][:2]
    with (work / "why.csv").open(encoding="utf-8", newline="") as file:
        why = next(csv.DictReader(file), {})
    return _use_page(
        studio,
        folder,
        values=values,
        prediction=[(title, _short(value)) for title, value in zip(header, row, strict=True)],
        contributions=_largest(why, inputs),
    )


def _proba(folder: RunFolder) -> list[str]:
    """Return the option that adds probabilities, if the model has some."""
    return ["--proba"] if problem_of(folder).get("classes") else []


def _short(text: str) -> str:
    """Return a number with a few digits; other texts as they are."""
    try:
        return number(float(text))
    except ValueError:
        return text


def _largest(why: dict[str, str], inputs: list[str]) -> list[tuple[str, float, float]]:
    """Return the columns with what they contributed, the largest first, and its share of the largest."""
    pairs = [(name, float(why[name])) for name in inputs if why.get(name)]
    pairs.sort(key=lambda one: -abs(one[1]))
    most = max((abs(value) for _, value in pairs), default=0.0) or 1.0
    return [(name, value, abs(value) / most) for name, value in pairs[:15]]


async def _of_file(studio: Studio, folder: RunFolder, upload: UploadFile, work: Path) -> Response:
    path, out = await _kept(upload, work / "rows"), work / "predictions.csv"
    await studio.children.text(
        "predict", *_proba(folder), "--out", str(out), "--", str(folder.path), str(path)
    )
    return _table_file(out)


async def _kept(upload: UploadFile, stem: Path) -> Path:
    """Store an upload under a name of the server's choice, with its own ending, which tells the format."""
    endings = [one for one in Path(str(upload.filename)).suffixes[-2:] if one[1:].isalnum() and len(one) < 10]
    path = stem.with_name(stem.name + ("".join(endings) or ".csv"))
    return await store(upload, path)
