"""The Python interface: start a run, wait for it and use its results."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.engines import check_engine, engine_for
from podium.run_folder import RunFolder, RunState, new_run_path
from podium_ml.errors import DataError, PodiumError, RunError, RunFailedError
from podium_ml.kinds import kind_of_parsed
from podium_ml.kinds.checks import check_names, check_settings
from podium_ml.settings import Settings
from podium_ml.values.secrets import travels_openly

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa

    from podium.progress.watch import Show
    from podium_ml.kinds import Predictor


def run(
    data: Any,
    target: Any = None,
    *,
    test: Any = None,
    out: str | Path | None = None,
    engine: str = "local",
    **settings: Any,
) -> "Run":
    """Start a run in the background.

    Args:
        data: Labelled rows: a path or URL in any format that Podium reads, a data frame of any library, an array or
            matrix, a mapping of columns, or a list of rows. Columns without names are called ``0``, ``1``, ...
        target: Column to predict, by name, or as a series or an array with one value a row. Kinds of
            problems that find their answers in the data, such as spans in texts, need none.
        test: Separate test rows, in the same forms; by default part of ``data`` is set aside.
        out: Folder of the run; by default a new one under ``runs/``.
        engine: ``"local"`` for this machine, ``"kubeflow"`` for the cluster that the environment configures.
        **settings: Any other field of ``Settings``, e.g. ``time_limit="10m"``.

    Returns:
        The run; call ``wait`` before using its results.

    Raises:
        SettingsError: A setting is unknown or invalid.
        DataError: The data are not a table, or hold values that mean nothing.
        RunError: ``out`` is not empty, or cannot be written.
    """
    named: dict[str, Any] = {}
    if target is not None:
        data, named["target"] = _with_target(data, target)
    given = {"source": data} if test is None else {"source": data, "test": test}
    paths = {name: str(value) for name, value in given.items() if isinstance(value, str | Path)}
    held = {name: value for name, value in given.items() if name not in paths}
    needed = {"source": "name the data, a file or URL."} if "source" in paths else {}
    checked = check_settings({**settings, **paths, **named}, needed=needed)
    complete = checked.model_copy(update={"name": checked.name or name_of(checked.source)})
    return start(complete, out=out, engine=engine, frames=held)


def start(
    settings: Settings,
    *,
    out: str | Path | None = None,
    engine: str = "local",
    frames: "dict[str, Any] | None" = None,
) -> "Run":
    """Start a run from validated settings; see ``run``.

    Args:
        settings: Settings of the run.
        out: Folder of the run; by default a new one under ``runs/``.
        engine: ``"local"`` or ``"kubeflow"``.
        frames: Data in memory to use as ``source`` and ``test``, by name; see ``run``.

    Raises:
        SettingsError: A setting is invalid.
        DataError: A local file does not exist, or the data in memory cannot be stored.
        RunError: The folder is not empty, or cannot be written.
    """
    check_engine(engine)
    _warn_of_open_passwords()
    check_names(settings, kind_of_parsed(settings))
    _check_files(settings)
    tables = _tables(frames, settings) if frames else {}
    folder = RunFolder.create(out or new_run_path(settings.name or "run"), settings, engine=engine)
    if tables:
        folder.write_settings(folder.settings.model_copy(update=_store(tables, folder)))
    started = Run(folder)
    started.resume_work()
    return started


def open_run(run: str | Path, *, refresh: bool = True, parent: str | Path = "runs") -> "Run":
    """Return an existing run.

    Args:
        run: Folder of a run, or the id of a run on the Kubeflow Pipelines server, whoever started it.
        refresh: Whether to fetch the state and the results of a run on a server.
        parent: Folder that holds the runs, for one that is named by its id.

    Raises:
        RunError: There is no such run.
    """
    from podium.engines.kubeflow import KubeflowEngine, is_run_id, open_server_run

    folder = open_server_run(str(run), parent=parent) if is_run_id(str(run)) else RunFolder.open(run)
    opened = Run(folder)
    if refresh and isinstance(opened._engine, KubeflowEngine):
        opened._engine.refresh()
    return opened


class Run:
    """A run that is in progress, finished, failed or cancelled.

    Args:
        folder: Its folder.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._engine = engine_for(folder)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r}, status={self.status!r})"

    def _repr_html_(self) -> str:
        from podium.run_html import run_html

        return run_html(self)

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
        """The state of the run, with times, and with the error if it failed."""
        return self._folder.state

    @property
    def status(self) -> str:
        """``running``, ``succeeded``, ``failed`` or ``cancelled``."""
        return self.state.status

    def wait(self, seconds: float | None = None, *, show: "Show | None" = None) -> "Run":
        """Wait for the run to end.

        Args:
            seconds: Maximum time to wait; ``None`` waits until the run ends.
            show: Display of the progress; by default one in notebooks and none elsewhere.

        Returns:
            The run itself.

        Raises:
            PodiumError: The run failed; the message says why.
        """
        from podium.progress.notebook import notebook_progress
        from podium.progress.watch import watch

        time_limit = self._folder.readable_settings.time_limit_seconds
        show = show or notebook_progress(started=self.state.started, time_limit=time_limit)
        state = watch(self._folder, self._engine, show, seconds=seconds)
        if state is not None and state.status == "failed":
            raise _failure(state)
        return self

    def cancel(self) -> RunState:
        """Cancel the run and return its state; finished branches are kept for ``resume``."""
        return self._engine.cancel()

    def logs(self, branch: str = "") -> "Iterator[str]":
        """Yield the output of the run's tasks, line by line.

        Args:
            branch: An algorithm or a stage of a run on a server; all tasks by default.
        """
        return self._engine.logs(branch)

    def resume(self) -> "Run":
        """Resume a cancelled or failed run; finished work is not repeated.

        Raises:
            RunError: The run is in progress, or has succeeded.
            SettingsError: The run failed because its settings are wrong; they are in its ``config.yaml``.
        """
        if self.status not in ("running", "succeeded"):
            check_names(self._folder.settings, self._folder.kind)
        self._folder.restart()
        self.resume_work()
        return self

    def resume_work(self) -> None:
        """Start the engine on this folder."""
        self._engine.start()

    @property
    def leaderboard(self) -> "pd.DataFrame":
        """All models, best first, with out-of-fold and test scores, times and sizes."""
        import pandas as pd

        return pd.read_csv(self._delivered("leaderboard.csv"))

    @property
    def metrics(self) -> dict[str, Any]:
        """The chosen model's scores on the test set, with intervals."""
        return json.loads(self._delivered("metrics.json").read_text(encoding="utf-8"))

    @property
    def predictor(self) -> "Predictor":
        """The chosen model with its preprocessing."""
        from podium_ml.kinds import load_predictor

        return load_predictor(self._delivered("model.pkl"))

    def fetch(self) -> "Run":
        """Fetch what the models of a run on a server were made of, so that each can be used here; return the run.

        Raises:
            RunError: The run is one of this machine, has not succeeded, or was made by an earlier version.
            PodiumError: The servers cannot be reached.
        """
        from podium.engines.kubeflow import KubeflowEngine

        if not isinstance(self._engine, KubeflowEngine):
            raise RunError(f"{self.path} is a run of this machine.", "All that it has is there.")
        self._engine.fetch()
        return self

    def _artifacts(self) -> dict[str, Any]:
        """Return the paths of what other models are made of; those of a run on a server are fetched once."""
        from podium.run_artifacts import has_artifacts, model_artifacts

        if self.state.engine != "local" and not has_artifacts(self._folder):
            self.fetch()
        return model_artifacts(self._folder)

    def model(self, name: str = "", *, refitted: bool = True) -> "Predictor":
        """Return any model of the leaderboard.

        Args:
            name: Its name on the leaderboard; empty for the chosen one.
            refitted: Whether the chosen model may have seen the test rows in its refit. Without, it is as it was
                scored, as the other models always are.

        Raises:
            RunError: The run was made on another machine or by another version, and only the delivered model can be
                used.
            PodiumError: The servers of the run cannot be reached.
            SettingsError: There is no such model.
        """
        from podium_ml.selection.alternatives import other_model

        chosen = self.predictor
        if refitted and name in ("", chosen.name):
            return chosen
        try:
            return other_model(name or chosen.name, **self._artifacts())
        except FileNotFoundError as error:
            raise RunError(
                f"{self.path} was made by another version of Podium, which kept its models in another way.",
                "Train again to use models that were not chosen.",
            ) from error

    def register(self, name: str) -> str:
        """Register a model of the leaderboard as a new version, and return it, like ``churn/7``. The champion stays.

        Args:
            name: Its name on the leaderboard.

        Raises:
            RunError: The run was made elsewhere.
            SettingsError: There is no such model.
            PodiumError: The registry cannot be reached.
        """
        from podium.run_artifacts import registration_facts
        from podium_ml.champions.registration import register_model

        models = json.loads(self._delivered("models.json").read_text(encoding="utf-8"))["models"]
        scores: dict[str, Any] = next((one["scores"] for one in models if one["name"] == name), {})
        self._artifacts()
        facts = registration_facts(self._folder)
        version = register_model(
            self.model(name), run=self.path.name, folder=str(self.path.parent), scores=scores, **facts
        )
        return version.reference

    @property
    def test_rows(self) -> "pd.DataFrame":
        """The rows that were set aside for the test, with the target; no model was trained on them before the refit.

        Raises:
            RunError: The run was made elsewhere.
        """
        import pandas as pd

        return pd.read_parquet(self._artifacts()["train"].with_name("test"))

    @property
    def report(self) -> Path:
        """Path of the report, a self-contained HTML page."""
        return self._delivered("report.html")

    def _delivered(self, name: str) -> Path:
        state = self.state
        if state.status != "succeeded":
            raise RunError(f"{self.path} has no {name}: the run is {state.status}.", state.error)
        path = self.path / name
        if state.note:
            raise RunError(f"{self.path} has no {name}. {state.note}")
        if not path.exists():
            raise RunError(
                f"{path} is missing.", "If it was moved, move it back; `podium resume` cannot restore it."
            )
        return path


def _check_files(settings: Settings) -> None:
    """Refuse local data that does not exist, before anything is created."""
    from podium_ml.ingestion.local_files import find_files
    from podium_ml.values.addresses import place_of, split_list, with_today

    for source in (settings.source, settings.test, getattr(settings, "future", "")):
        for one in split_list(with_today(source)) if source else ():
            if place_of(one) == "local":
                find_files(one)


def _warn_of_open_passwords() -> None:
    """Warn if a password or token travels to the MLflow server unencrypted."""
    import os
    import warnings

    uri = os.environ.get("MLFLOW_TRACKING_URI", "")
    has_secret = (
        any(os.environ.get(f"MLFLOW_TRACKING_{name}") for name in ("PASSWORD", "TOKEN")) or "@" in uri
    )
    if travels_openly(uri) and has_secret:
        warnings.warn(
            "The password or token for MLFLOW_TRACKING_URI travels unencrypted; use an https address.",
            stacklevel=3,
        )


def _failure(state: RunState) -> PodiumError:
    return (DataError if state.kind == "user" else RunFailedError)(state.error)


def _with_target(data: Any, target: Any) -> tuple[Any, str]:
    """Return the data with the target as one of its columns, and the name of that column."""
    if isinstance(target, str) or not hasattr(target, "__array__"):
        return data, ",".join(map(str, target)) if isinstance(target, list) else str(target)
    from podium_ml.ingestion.in_memory import as_data_frame

    frame = as_data_frame(data, name="source")
    name = str(getattr(target, "name", None) or "target")
    if len(frame) != len(target):
        raise DataError(f"target: there are {len(target)} values for {len(frame)} rows.", "Give one a row.")
    values = getattr(target, "array", target)  # without the index of a series, as the rows are in order
    return frame.assign(**{name: values}), name


def _tables(held: dict[str, Any], settings: Settings) -> "dict[str, pa.Table]":
    """Return data in memory as Arrow tables, before a run is created."""
    from podium_ml.ingestion.in_memory import to_arrow

    columns = [str(value) for name, value in settings if name == "target" or name.endswith("_column")]
    return {name: to_arrow(data, name=name, levels=columns) for name, data in held.items()}


def _store(held: dict[str, Any], folder: RunFolder) -> dict[str, str]:
    """Write data in memory to the folder of the run and return the settings that refer to them."""
    import pyarrow.parquet as pq

    from podium_ml.ingestion.disk import writing
    from podium_ml.ingestion.in_memory import to_arrow

    paths = {name: folder.path / "inputs" / f"{name}.parquet" for name in held}
    for name, path in paths.items():
        with writing(path):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            pq.write_table(to_arrow(held[name], name=name), path)
    return {name: str(path) for name, path in paths.items()}


def name_of(source: str) -> str:
    """Return the name of a project whose data is at this path or URL."""
    return Path(source.rstrip("/").split("?")[0]).name.split(".")[0] if source else "run"
