"""Starting, cancelling and resuming runs: on this machine directly, on a server by commands that know it."""

import asyncio
from pathlib import Path

from podium.run_folder import RunFolder, new_run_path
from podium.studio.shared import Studio
from podium_ml.errors import PodiumError
from podium_ml.settings import Settings


async def start_run(studio: Studio, settings: Settings, *, engine: str, config: Path) -> str:
    """Start a run, and return the name of its folder.

    Args:
        studio: The studio.
        settings: Its settings.
        engine: Where to run it.
        config: A file of the same settings, for a command.

    Raises:
        PodiumError: It cannot be started, and nothing is left of it.
    """
    from podium.api import name_of, start

    named = settings.model_copy(update={"name": settings.name or name_of(settings.source)})
    out = new_run_path(named.name, studio.workplace.runs)
    try:
        if engine == "local":
            await asyncio.to_thread(start, named, out=out, engine=engine)
        else:
            words = ("--engine", engine, "--no-wait", "--config", str(config), "--out", str(out))
            await studio.children.text("run", *words)
    except PodiumError:
        if not (out / "run.json").is_file():
            out.rmdir()
            raise
    return out.name


async def cancel_run(studio: Studio, folder: RunFolder) -> None:
    """Cancel a run; finished work is kept."""
    await studio.guard.require("terminate", "runs")
    if folder.state.engine != "local":
        await studio.children.text("cancel", "--", str(folder.path))
        return
    from podium.api import open_run

    await asyncio.to_thread(open_run(folder.path).cancel)


async def resume_run(studio: Studio, folder: RunFolder) -> None:
    """Resume a cancelled or failed run; finished work is not repeated."""
    await studio.guard.require("create", "runs")
    if folder.state.engine != "local":
        await studio.children.text("resume", "--no-wait", "--", str(folder.path))
        return
    from podium.api import open_run

    await asyncio.to_thread(open_run(folder.path).resume)
