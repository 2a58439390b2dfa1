"""Models of the leaderboard as files: that of the run, or another one, which a command puts together once."""

from pathlib import Path

from podium.run_artifacts import has_artifacts
from podium.run_folder import RunFolder
from podium.studio.results_view import results_of
from podium.studio.shared import Studio
from podium.studio.workplace import NotFoundError
from podium_ml.errors import PodiumError
from podium_ml.files.inside import inside

MODEL = "model.pkl"


async def model_file(studio: Studio, folder: RunFolder, name: str) -> Path:
    """Return the file of a model.

    Args:
        studio: The studio.
        folder: The run.
        name: Name of the model on the leaderboard; empty for the chosen one.

    Raises:
        NotFoundError: There is no such model on the leaderboard.
        PodiumError: It cannot be put together.
    """
    models = {one.name: one for one in results_of(folder).models}
    if not name or (name in models and models[name].chosen):
        return folder.path / MODEL
    if name not in models or models[name].status != "ok":
        raise NotFoundError(f"The run has no model '{name}'.", "See its leaderboard.")
    # The name comes from a file of the run, which may be somebody else's.
    path = inside(studio.workplace.own / "models" / folder.path.name, f"{name}.pkl")
    delivered = (folder.path / "leaderboard.csv").stat().st_mtime
    if not path.is_file() or path.stat().st_mtime < delivered:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        await fetch_artifacts(studio, folder)
        words = ("export", "--model", name, "--out", str(path), "--", str(folder.path))
        await studio.models.run(*words, reads=[folder.path], writes=path.parent)
    return path


async def make_notebook(studio: Studio, folder: RunFolder, name: str) -> str:
    """Return a notebook that uses a model.

    Args:
        studio: The studio.
        folder: The run.
        name: Name of the model on the leaderboard.
    """
    chosen = results_of(folder).chosen
    try:
        await fetch_artifacts(studio, folder)
    except PodiumError:
        if chosen is None or chosen.name != name:
            raise  # that of the chosen model does with less
    with studio.workplace.work_folder() as work:
        words = ("notebook", "--model", name, "--out", str(work / "model.ipynb"), "--", str(folder.path))
        await studio.models.run(*words, reads=[folder.path], writes=work)
        return (work / "model.ipynb").read_text(encoding="utf-8")


async def fetch_artifacts(studio: Studio, folder: RunFolder) -> None:
    """Fetch what a run on a server left in the store, from which its other models are put together, once."""
    if folder.state.engine != "local" and not has_artifacts(folder):
        await studio.children.text("fetch", "--", str(folder.path))
