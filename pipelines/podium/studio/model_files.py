"""Models of the leaderboard as files: that of the run, or another one, which a command puts together once."""

from pathlib import Path

from podium.run_folder import RunFolder
from podium.studio.results_view import results_of
from podium.studio.shared import Studio
from podium.studio.workplace import NotFoundError
from podium_ml.errors import RunError
from podium_ml.files.inside import inside


async def model_file(studio: Studio, folder: RunFolder, name: str) -> Path:
    """Return what commands take as the model: the run's folder for the chosen model, a file for another one.

    Args:
        studio: The studio.
        folder: The run.
        name: Name of the model on the leaderboard; empty for the chosen one.

    Raises:
        NotFoundError: There is no such model on the leaderboard.
        PodiumError: It cannot be put together.
    """
    check_loading(studio)
    models = {one.name: one for one in results_of(folder).models}
    if not name or (name in models and models[name].chosen):
        return folder.path
    if name not in models or models[name].status != "ok":
        raise NotFoundError(f"The run has no model '{name}'.", "See its leaderboard.")
    # The name comes from a file of the run, which may be somebody else's.
    path = inside(studio.workplace.own / "models" / folder.path.name, f"{name}.pkl")
    delivered = (folder.path / "leaderboard.csv").stat().st_mtime
    if not path.is_file() or path.stat().st_mtime < delivered:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        await studio.children.text("export", "--model", name, "--out", str(path), "--", str(folder.path))
    return path


def check_loading(studio: Studio) -> None:
    """Refuse what loads a model where models of strangers could meet the runs of others.

    Raises:
        RunError: This is such a place.
    """
    if not studio.surroundings.loads_models:
        raise RunError(
            "The studio of a cluster loads no models.", "Download model.pkl, or use the registered version."
        )
