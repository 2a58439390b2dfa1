"""The Python interface: start a run, wait for it, use what it delivers."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.engines import check_engine, engine_for
from podium.run_folder import RunFolder, RunState, new_run_path
from podium_ml.errors import DataError, PodiumError, RunError, RunFailedError
from podium_ml.settings.checks import check_names
from podium_ml.settings.tabular import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from podium.progress.watch import Show
    from podium_ml.tabular.predictor import Predictor


def run(
    data: "str | Path | pd.DataFrame",
    target: str,
    *,
    test: "str | Path | pd.DataFrame | None" = None,
    out: str | Path | None = None,
    engine: str = "local",
    **settings: Any,
) -> "Run":
    """Start a run in the background.

    Args:
        data: Labelled rows: a data frame, or a path or URL of any kind that Podium reads.
        target: Column to predict.
        test: Separate test rows; by default part of ``data`` is set aside.
        out: Folder of the run; by default a new one under ``runs/``.
        engine: ``"local"`` for this machine, ``"kubeflow"`` for the cluster that the environment names.
        **settings: Any other field of ``Settings``, e.g. ``time_limit="10m"``.

    Returns:
        The run; call its ``wait``.

    Raises:
        SettingsError: A setting is unknown or wrong.
        RunError: ``out`` holds something already, or cannot be written.
    """
    frames = {"source": data, "test": test}
    paths = {name: str(value) for name, value in frames.items() if isinstance(value, str | Path)}
    checked = Settings.parse({**settings, **paths, "target": target})
    named = checked.model_copy(update={"name": checked.name or _name_of(checked.source)})
    return start(
        named, out=out, engine=engine, frames={n: f for n, f in frames.items() if hasattr(f, "to_parquet")}
    )


def start(
    settings: Settings,
    *,
    out: str | Path | None = None,
    engine: str = "local",
    frames: "dict[str, Any] | None" = None,
) -> "Run":
    """Start a run of checked settings; see ``run``.

    Args:
        settings: What to do.
        out: Folder of the run; by default a new one under ``runs/``.
        engine: ``"local"`` or ``"kubeflow"``.
        frames: Data frames that stand for ``source`` and ``test``.
    """
    check_engine(engine)
    check_names(settings)
    folder = RunFolder.create(out or new_run_path(settings.name or "run"), settings, engine=engine)
    if frames:
        folder.write_settings(folder.settings.model_copy(update=_store(frames, folder)))
    started = Run(folder)
    started.resume_work()
    return started


def open_run(run: str | Path) -> "Run":
    """Return an existing run; one on a server is asked how it stands, and its results are fetched.

    Args:
        run: Folder of a run, or the id of a run on the Kubeflow Pipelines server, whoever started it.

    Raises:
        RunError: There is none.
    """
    from podium.engines.kubeflow import KubeflowEngine, is_run_id, open_server_run

    folder = open_server_run(str(run)) if is_run_id(str(run)) else RunFolder.open(run)
    opened = Run(folder)
    if isinstance(opened._engine, KubeflowEngine):
        opened._engine.refresh()
    return opened


class Run:
    """A run: going on, finished, failed or cancelled.

    Args:
        folder: Where it lies.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._engine = engine_for(folder)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r}, status={self.status!r})"

    @property
    def path(self) -> Path:
        """Folder of the run."""
        return self._folder.path

    @property
    def folder(self) -> RunFolder:
        """The run on disk."""
        return self._folder

    @property
    def state(self) -> RunState:
        """How the run stands, with times and the error if it failed."""
        return self._folder.state

    @property
    def status(self) -> str:
        """``running``, ``succeeded``, ``failed`` or ``cancelled``."""
        return self.state.status

    def wait(self, seconds: float | None = None, *, show: "Show | None" = None) -> "Run":
        """Wait until the run has ended.

        Args:
            seconds: How long to wait at most; ``None`` for as long as it takes.
            show: What shows the progress meanwhile; by default nothing does.

        Returns:
            The run itself.

        Raises:
            PodiumError: The run failed; the message says why.
        """
        from podium.progress.watch import watch

        state = watch(self._folder, self._engine, show, seconds=seconds)
        if state is not None and state.status == "failed":
            raise _failure(state)
        return self

    def cancel(self) -> None:
        """End the run and all that it started; finished branches are kept for ``resume``."""
        self._engine.cancel()

    def logs(self, branch: str = "") -> "Iterator[str]":
        """Yield what the run's tasks printed, line by line.

        Args:
            branch: An algorithm or a stage of a run on a server; everything by default.
        """
        return self._engine.logs(branch)

    def resume(self) -> "Run":
        """Go on with a cancelled or failed run; what had finished is not done again.

        Raises:
            RunError: The run goes on, or has succeeded.
        """
        import time

        if self.status in ("running", "succeeded"):
            raise RunError(f"{self.path} has nothing to resume: it is {self.status}.")
        self._folder.update(status="running", started=time.time(), ended=0.0, error="", kind="", pid=0)
        self.resume_work()
        return self

    def resume_work(self) -> None:
        """Start the engine on this folder."""
        self._engine.start()

    @property
    def leaderboard(self) -> "pd.DataFrame":
        """Every model, best first: out-of-fold and test scores, times, sizes."""
        import pandas as pd

        return pd.read_csv(self._delivered("leaderboard.csv"))

    @property
    def metrics(self) -> dict[str, Any]:
        """The chosen model's scores on the test set, with intervals."""
        return json.loads(self._delivered("metrics.json").read_text(encoding="utf-8"))

    @property
    def predictor(self) -> "Predictor":
        """The chosen model with its preprocessing."""
        from podium_ml.tabular.predictor import Predictor

        return Predictor.load(self._delivered("model.pkl"))

    @property
    def report(self) -> Path:
        """Path of the report, a self-contained page."""
        return self._delivered("report.html")

    def _delivered(self, name: str) -> Path:
        state = self.state
        if state.status != "succeeded":
            raise RunError(f"{self.path} has no {name}: the run is {state.status}.", state.error)
        path = self.path / name
        if state.note:
            raise RunError(f"{self.path} has no {name}. {state.note}")
        if not path.exists():
            raise RunError(f"{path} is missing.", "Was it moved? `podium resume` cannot bring it back.")
        return path


def _failure(state: RunState) -> PodiumError:
    return (DataError if state.kind == "user" else RunFailedError)(state.error)


def _store(frames: dict[str, Any], folder: RunFolder) -> dict[str, str]:
    """Write data frames into the run's folder and return the settings that name them."""
    paths = {name: folder.path / "inputs" / f"{name}.parquet" for name in frames}
    for name, path in paths.items():
        path.parent.mkdir(exist_ok=True)
        try:
            frames[name].to_parquet(path, index=False)
        except Exception as error:
            raise DataError(f"The data frame given as {name} cannot be stored: {error}.") from error
    return {name: str(path) for name, path in paths.items()}


def _name_of(source: str) -> str:
    return Path(source.rstrip("/").split("?")[0]).name.split(".")[0] if source else "run"
