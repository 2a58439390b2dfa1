"""The distributed engine: the compiled pipeline on a Kubeflow Pipelines server, each task a pod."""

import contextlib
import re
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from podium.engines.server_events import ServerEvents
from podium.images import IMAGES, image_names
from podium.packages import PIPELINE, compile_package, form_help, load_pipeline, pipeline_arguments
from podium.progress.state import STAGES
from podium.run_folder import RunFolder, RunState, new_run_path
from podium.servers import pods
from podium.servers.connections import Connections
from podium.servers.deliveries import Deliveries
from podium.servers.errors import ServerError
from podium.servers.kubeflow import Kubeflow, Version, status_of
from podium.servers.uploads import send_data
from podium_ml.errors import PodiumError, SettingsError
from podium_ml.settings.tabular import ReaderOptions, Settings

_POLL_SECONDS, _PODS_SECONDS = 3.0, 30.0
_NO_REASON = "The server does not say why; the log of the task that failed, on the run's page, may."
_RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class KubeflowEngine:
    """Runs one run folder's pipeline on a server; the folder follows it and gets its results.

    Args:
        folder: The run; its settings and state are read from there.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._asked = 0.0
        self._looked = time.monotonic()
        self._events: ServerEvents | None = None
        self._deliveries: Deliveries | None = None

    @cached_property
    def _connections(self) -> Connections:
        return Connections()

    @cached_property
    def _kubeflow(self) -> Kubeflow:
        return Kubeflow(self._connections)

    def start(self) -> None:
        """Upload package and data, as far as the server lacks them, and start the run."""
        folder = self._folder
        try:
            settings, fingerprint = send_data(folder.settings, self._connections["store"])
            package = package_for(self._connections, folder.path)
            version = upload_pipeline(self._kubeflow, self._connections, package=package)
            run_id = self._kubeflow.start(
                version,
                title=folder.path.name,
                experiment=settings.name or PIPELINE,
                arguments=pipeline_arguments(
                    settings, fingerprint=fingerprint, tracking={"run_name": folder.path.name}
                ),
                description=describe_settings(settings),
            )
        except PodiumError as error:
            folder.update(status="failed", ended=time.time(), error=str(error), kind="user")
            raise
        link = self._kubeflow.link(f"runs/details/{run_id}")
        folder.update(run_id=run_id, link=link)

    def wait(self, seconds: float | None = None) -> RunState | None:
        """Wait for the end of the run; its events are written into the folder as they become known.

        Args:
            seconds: How long to wait at most; ``None`` for as long as it takes.

        Returns:
            The final state, or ``None`` if the run still goes on.
        """
        end = time.monotonic() + seconds if seconds is not None else float("inf")
        while True:
            if time.monotonic() - self._asked >= _POLL_SECONDS:
                self._asked = time.monotonic()
                if (state := self.refresh()).status != "running":
                    return state
            if time.monotonic() >= end:
                return None
            time.sleep(min(0.5, max(0.0, end - time.monotonic())))

    def refresh(self) -> RunState:
        """Ask the server once how the run stands, and fetch its results when it has just succeeded."""
        state = self._folder.state
        if state.status != "running":
            return state
        run = self._kubeflow.run(state.run_id)
        deliveries = self._deliveries_of(run)
        if self._events is None:
            self._events = ServerEvents(self._folder, deliveries)
        self._events.follow(run)
        status = status_of(run)
        if status == "running":
            self._look_at_pods(self._events, state.run_id)
            return state
        ended = run.finished_at.timestamp() if run.finished_at else time.time()
        note = ""
        if status == "succeeded" and not deliveries.fetch(self._folder.path):
            note = "Nothing had changed since the champion was trained, so nothing was trained."
        return self._folder.update(
            status=status, ended=ended, note=note, **self._failure(run, status, deliveries)
        )

    def cancel(self) -> RunState:
        """End the run on the server; what finished stays in its cache."""
        state = self._folder.state
        if state.run_id and state.status == "running":
            self._kubeflow.terminate(state.run_id)
        return self._folder.update(
            status="cancelled", ended=time.time(), error="Cancelled by the user.", kind=""
        )

    def logs(self, branch: str = "") -> Iterator[str]:
        """Yield what the run's pods printed, task by task.

        Args:
            branch: An algorithm or a stage; everything by default.
        """
        run = self._kubeflow.run(self._folder.state.run_id)
        for task, text in self._deliveries_of(run).logs(branch):
            yield f"==> {task} <=="
            yield from text.splitlines()

    def _look_at_pods(self, events: ServerEvents, run_id: str) -> None:
        """Tell now and then what keeps pods from starting; who may not see pods does without."""
        if time.monotonic() - self._looked < _PODS_SECONDS:
            return
        self._looked = time.monotonic()
        with contextlib.suppress(ServerError):
            for one in pods.hindrances(self._connections, run_id):
                events.notice(one)

    def _failure(self, run: Any, status: str, deliveries: Deliveries) -> dict[str, str]:
        if status == "succeeded":
            return {"error": "", "kind": ""}
        if status == "cancelled":
            return {"error": "Cancelled on the server.", "kind": ""}
        return {"error": describe_failure(run, deliveries, self._connections), "kind": "bug"}

    def _deliveries_of(self, run: Any) -> Deliveries:
        if self._deliveries is None:
            self._deliveries = Deliveries(self._connections, run)
        return self._deliveries


def package_for(connections: Connections, folder: str | Path) -> Path:
    """Compile the package with the images that the environment names.

    Args:
        connections: What the environment says.
        folder: Where to write the package.

    Raises:
        SettingsError: There are no such images.
    """
    registry, tag, stage_image = (
        connections[name] for name in ("image registry", "image tag", "image of the stages")
    )
    if stage_image not in IMAGES:
        raise SettingsError(f"PODIUM_STAGE_IMAGE: '{stage_image}' is not one of {', '.join(IMAGES)}.")
    given = registry or tag or stage_image != IMAGES[0]
    images = image_names(registry, tag) if given else None
    return compile_package("tabular", folder, images=images, stage_image=stage_image)


def upload_pipeline(kubeflow: Kubeflow, connections: Connections, *, package: Path | None = None) -> Version:
    """Upload the pipeline, unless the server has that very package.

    Args:
        kubeflow: The server.
        connections: What the environment says of images.
        package: The package; by default it is compiled anew.
    """
    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        path = package or package_for(connections, folder)
        return kubeflow.upload(
            path,
            PIPELINE,
            description=str(load_pipeline("tabular").description or ""),
            fields=form_help("tabular"),
        )


def describe_settings(settings: Settings) -> str:
    """Return what a run does, as its description on the server."""
    return f"Predicts {settings.target} of {settings.source}."


def is_run_id(text: str) -> bool:
    """Whether a text is the id of a run on a server, and no folder."""
    return bool(_RUN_ID.fullmatch(text)) and not Path(text).exists()


def open_server_run(run_id: str, *, parent: str | Path = "runs") -> RunFolder:
    """Return the folder of a run on the server; made if it was not started from here.

    Args:
        run_id: Its id.
        parent: Folder of the runs.

    Raises:
        RunError: There is no such run, or it is none of Podium.
    """
    for file in Path(parent).glob("*/run.json"):
        folder = RunFolder(file.parent)
        if folder.state.run_id == run_id:
            return folder
    connections = Connections()
    kubeflow = Kubeflow(connections)
    run = kubeflow.run(run_id)
    settings = settings_of(run)
    folder = RunFolder.create(new_run_path(str(run.display_name), parent), settings, engine="kubeflow")
    started = run.created_at.timestamp() if run.created_at else time.time()
    folder.update(run_id=run_id, link=kubeflow.link(f"runs/details/{run_id}"), started=started)
    return folder


def settings_of(run: Any) -> Settings:
    """Return the settings that a run on the server was started with, in whatever way."""
    given = dict(run.runtime_config.parameters or {}) if run.runtime_config else {}
    fields = {name: value for name, value in given.items() if name in Settings.model_fields}
    fields["reader"] = {
        name: value
        for name, value in (fields.get("reader") or {}).items()
        if name in ReaderOptions.model_fields
    }
    return Settings.parse(fields)


def describe_failure(run: Any, deliveries: Deliveries, connections: Connections) -> str:
    """Return why a run failed: the line in which a stage said so, or what the server or the pods know.

    Args:
        run: The run as the server describes it.
        deliveries: What its tasks wrote.
        connections: Where the servers are.
    """
    for _, text in deliveries.logs():
        if words := last_words(text):
            return words
    if run.error and run.error.message:
        return str(run.error.message)
    with contextlib.suppress(ServerError):
        return pods.printed_last(connections, str(run.run_id)) or _NO_REASON
    return _NO_REASON


def last_words(text: str) -> str:
    r"""Return the line in which a stage said why it failed; empty if there is none.

    >>> last_words("...\nvalidate_data failed: There is no column 'x'.\nexit status 1\n")
    "There is no column 'x'."
    """
    for line in reversed(text.splitlines()):
        before, found, after = line.partition(" failed: ")
        if found and before.strip() in STAGES:
            return after.strip()
    return ""
