"""The distributed engine: runs the compiled pipeline on a Kubeflow Pipelines server, each task in its own pod."""

import contextlib
import tempfile
import time
import warnings
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from podium.engines.failures import describe_failure
from podium.engines.run_logs import RunLogs
from podium.engines.server_events import ServerEvents
from podium.images import IMAGES, image_names, read_digests
from podium.packages import (
    compile_package,
    form_help,
    load_pipeline,
    pipeline_arguments,
    pipeline_name,
)
from podium.pipelines.pod_settings import read_placement
from podium.run_folder import RunFolder, RunState, new_run_path
from podium.servers.artifacts import Artifacts
from podium.servers.capacity import free_slots
from podium.servers.connections import Connections
from podium.servers.deliveries import RUN_ID, Deliveries
from podium.servers.errors import ServerError, UnreachableError
from podium.servers.hindrances import Hindrance, argo_hindrances, hindrances, is_active
from podium.servers.kubeflow import Kubeflow, Version, status_of
from podium.servers.pods import list_pods
from podium.servers.registry import digest_of, has_host
from podium.servers.uploads import send_data
from podium.servers.workflow import argo_states
from podium_ml.errors import PodiumError, RunError, SettingsError
from podium_ml.kinds import KINDS, kind_of_parsed, kind_of_settings
from podium_ml.kinds.checks import check_header
from podium_ml.reporting.notices import read_notices
from podium_ml.settings import ReaderOptions, Settings
from podium_ml.values.addresses import public_names
from podium_ml.values.markup import escape_markdown

_POLL_SECONDS, _PODS_SECONDS = 3.0, 10.0
# How long a run is followed though its server does not answer, which restarts when its node is busy.
_ABSENT_SECONDS = 180.0


class KubeflowEngine:
    """Runs the pipeline of one run folder on a server and keeps the folder up to date.

    Args:
        folder: The run; its settings and state are read from it.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._last_poll = 0.0
        self._away_since = 0.0
        self._last_pod_check = time.monotonic()
        self._events: ServerEvents | None = None
        self._deliveries: Deliveries | None = None

    @cached_property
    def _connections(self) -> Connections:
        return Connections()

    @cached_property
    def _kubeflow(self) -> Kubeflow:
        return Kubeflow(self._connections)

    def start(self) -> None:
        """Upload the package and the data that the server does not have yet, and start the run."""
        folder = self._folder
        attempt = folder.state.started
        self._events, self._deliveries = None, None  # of an earlier attempt
        try:
            check_header(folder.settings, folder.kind)
            settings, fingerprint = send_data(folder.settings, self._connections["store"])
            kind = folder.kind.name
            package = package_for(self._connections, kind, folder.path)
            version = upload_pipeline(self._kubeflow, self._connections, kind, package=package)
            run_id = self._kubeflow.start(
                version,
                title=folder.path.name,
                experiment=settings.name or pipeline_name(kind),
                arguments=pipeline_arguments(
                    _with_slots(settings, self._connections),
                    fingerprint=fingerprint,
                    tracking={"run_name": folder.path.name},
                ),
                description=describe_settings(settings),
            )
        except PodiumError as error:
            folder.update(attempt=attempt, status="failed", ended=time.time(), error=str(error), kind="user")
            raise
        link = self._kubeflow.link(f"runs/details/{run_id}")
        if folder.update(attempt=attempt, run_id=run_id, link=link, pid=0).run_id != run_id:
            self._kubeflow.terminate(run_id)  # it was cancelled while it was being started

    def wait(self, seconds: float | None = None) -> RunState | None:
        """Wait for the run to end; its events are written to the folder as they become known.

        Args:
            seconds: Maximum time to wait; ``None`` waits until the run ends.

        Returns:
            The final state, or ``None`` if the run is still running.
        """
        end = time.monotonic() + seconds if seconds is not None else float("inf")
        while True:
            if time.monotonic() - self._last_poll >= _POLL_SECONDS:
                self._last_poll = time.monotonic()
                if (state := self._poll()).status != "running":
                    return state
            if time.monotonic() >= end:
                return None
            time.sleep(min(0.5, max(0.0, end - time.monotonic())))

    def _poll(self) -> RunState:
        """Query the state of the run once; a server that has been away for a short time changes nothing."""
        try:
            state = self.refresh()
        except UnreachableError:
            self._away_since = self._away_since or time.monotonic()
            if time.monotonic() - self._away_since > _ABSENT_SECONDS:
                raise
            return self._folder.state
        self._away_since = 0.0
        return state

    def refresh(self) -> RunState:
        """Query the state of the run once, and fetch its results if it has just succeeded."""
        state = self._folder.state
        if state.status != "running" or not state.run_id:
            return state
        run = self._kubeflow.run(state.run_id)
        deliveries = self._deliveries_of(run)
        if self._events is None:
            self._events = ServerEvents(self._folder, deliveries)
        self._events.follow(run)
        status = status_of(run)
        if status == "running":
            self._report_blocked_pods(self._events, state.run_id)
            return state
        ended = run.finished_at.timestamp() if run.finished_at else time.time()
        note = ""
        if status == "succeeded" and not self._fetch(deliveries, self._events):
            note = "Nothing has changed since the champion was trained, so no model was trained."
        for text in read_notices(self._folder.path):  # what was taken from the cache has not been read so far
            self._events.notice(text)
        failure = self._failure(run, status, deliveries)
        return self._folder.update(attempt=state.started, status=status, ended=ended, note=note, **failure)

    def _fetch(self, deliveries: Deliveries, events: ServerEvents) -> bool:
        """Fetch the results of the run, or those of the earlier one that it repeats; return whether there are any."""
        if deliveries.fetch(self._folder.path):
            self._fetch_profile(deliveries)
            return True
        earlier = deliveries.repeated()
        if earlier is None or not earlier.fetch(self._folder.path):
            return False
        self._fetch_profile(earlier)
        events.notice(
            f"Data, settings and champion are those of run {earlier.run_id}, so its results are those of this run. "
            "To train anew, set another --seed."
        )
        return True

    def fetch(self) -> None:
        """Fetch what the models of the run were made of, so that each of them can be put together on this machine.

        Raises:
            RunError: The run has not succeeded, or an earlier version made it.
            ServerError: The servers cannot be reached, or do not let the user see it.
        """
        state = self.refresh()
        if state.status != "succeeded" or state.note:
            raise RunError(
                f"{self._folder.path} has no models: {state.note or f'the run is {state.status}.'}"
            )
        deliveries = self._deliveries_of(self._kubeflow.run(state.run_id))
        deliveries.finished()  # finds the place of the run
        self._artifacts(deliveries.repeated() or deliveries).fetch(self._folder.artifacts)

    def _artifacts(self, deliveries: Deliveries) -> Artifacts:
        return Artifacts(
            deliveries.store, deliveries.delivery, deliveries.run_id, check_run=self._kubeflow.run
        )

    def cancel(self) -> RunState:
        """Cancel the run on the server; finished tasks stay in its cache."""
        state = self._folder.state
        if state.run_id and state.status == "running":
            self._kubeflow.terminate(state.run_id)
        return self._folder.update(
            attempt=state.started,
            status="cancelled",
            ended=time.time(),
            error="Cancelled by the user.",
            kind="",
        )

    def logs(self, branch: str = "") -> Iterator[str]:
        """Yield the output of the run's tasks in order of time.

        Args:
            branch: An algorithm, a stage or a task; all by default.

        Raises:
            RunError: There is no such branch, or it has printed nothing.
        """
        state = self._folder.state
        if not state.run_id:
            raise RunError(f"{self._folder.path} has no log: {state.error or 'the run is being started.'}")
        run = self._kubeflow.run(state.run_id)
        yield from RunLogs(self._kubeflow, self._connections, self._deliveries_of(run), run).lines(branch)

    def _fetch_profile(self, deliveries: Deliveries) -> None:
        """Fetch the statistics of the rows for the forms of the studio, which do without them if they must."""
        with contextlib.suppress(PodiumError, ValueError):
            self._artifacts(deliveries).fetch_profile(self._folder.artifacts)

    def _report_blocked_pods(self, events: ServerEvents, run_id: str) -> None:
        """Report from time to time why pods do not start."""
        if time.monotonic() - self._last_pod_check < _PODS_SECONDS:
            return
        self._last_pod_check = time.monotonic()
        for hindrance in self._hindrances(run_id):
            events.notice(hindrance.text, about=hindrance.about)

    def _hindrances(self, run_id: str) -> list[Hindrance]:
        """Return why pods do not start.

        Argo's record says it too if the user may not look at pods, or if no pod is allowed.
        """
        with contextlib.suppress(ServerError):
            pods = list_pods(self._connections, run_id)
            if any(is_active(pod) for pod in pods):
                return hindrances(self._connections, pods)
        return argo_hindrances(argo_states(self._kubeflow.workflow(run_id)))

    def _failure(self, run: Any, status: str, deliveries: Deliveries) -> dict[str, str]:
        if status == "succeeded":
            return {"error": "", "kind": ""}
        if status == "cancelled":
            return {"error": "Cancelled on the server.", "kind": ""}
        failure = describe_failure(self._kubeflow, self._connections, deliveries, str(run.run_id))
        return {"error": str(failure), "kind": failure.kind}

    def _deliveries_of(self, run: Any) -> Deliveries:
        if self._deliveries is None:
            self._deliveries = Deliveries(self._connections, run, workflow=self._kubeflow.workflow)
        return self._deliveries


def _with_slots(settings: Settings, connections: Connections) -> Settings:
    """Set the number of branches that run at once, if the user has not and the cluster has no room for all of them."""
    if settings.parallel or not settings.time_limit:
        return settings
    slots = free_slots(connections)
    is_enough = not slots or slots >= len(kind_of_parsed(settings).algorithms)
    return settings if is_enough else settings.model_copy(update={"parallel": slots})


def package_for(connections: Connections, kind: str, folder: str | Path) -> Path:
    """Compile the package with the images and the placement that the environment names.

    Args:
        connections: Settings of the servers.
        kind: Kind of problem.
        folder: Where to write the package.

    Raises:
        SettingsError: The registry, the tag, the stage image or the placement is invalid.
    """
    registry, tag, stage_image = (
        connections[name] for name in ("image registry", "image tag", "image of the stages")
    )
    if stage_image not in IMAGES:
        raise SettingsError(f"PODIUM_STAGE_IMAGE: '{stage_image}' is not one of {', '.join(IMAGES)}.")
    digests = _digests(connections)
    is_customized = registry or tag or digests or stage_image != IMAGES[0]
    images = image_names(registry, tag, digests=digests) if is_customized else None
    placement = read_placement(connections["placement"]) if connections["placement"] else None
    return compile_package(
        kind,
        folder,
        images=images,
        stage_image=stage_image,
        placement=placement,
        stage_memory=connections["memory of the stages"],
    )


def _digests(connections: Connections) -> dict[str, str]:
    """Return the digests of the images, so that a later push to a tag does not change what runs.

    A file names them, or the registry is asked. An image that it does not tell keeps its tag, with a warning.
    """
    if file := connections["image digests"]:
        return read_digests(file)
    if not has_host(connections["image registry"]):
        return {}
    digests = {}
    for image, name in image_names(connections["image registry"], connections["image tag"]).items():
        try:
            digests[image] = digest_of(name)
        except ServerError as error:
            # Without neural networks, nobody needs the other image.
            if image == connections["image of the stages"]:
                warnings.warn(f"{error.message} Its tag is used. {error.hint}", stacklevel=2)
    return digests


def upload_pipeline(
    kubeflow: Kubeflow, connections: Connections, kind: str, *, package: Path | None = None
) -> Version:
    """Upload the pipeline unless the server already has this exact package.

    Args:
        kubeflow: The server.
        connections: Settings of the servers, including the images.
        kind: Kind of problem.
        package: Compiled package; by default it is compiled now.
    """
    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        path = package or package_for(connections, kind, folder)
        return kubeflow.upload(
            path,
            pipeline_name(kind),
            description=str(load_pipeline(kind).description or ""),
            fields=form_help(kind),
        )


def describe_settings(settings: Settings) -> str:
    """Return the description of a run that the server shows."""
    return f"Predicts {escape_markdown(settings.target)} in {escape_markdown(public_names(settings.source))}."


def is_run_id(text: str) -> bool:
    """Return whether a text is the id of a run on a server rather than a folder."""
    return bool(RUN_ID.fullmatch(text)) and not Path(text).exists()


def open_server_run(run_id: str, *, parent: str | Path = "runs") -> RunFolder:
    """Return the folder of a run on the server; it is created if the run was started elsewhere.

    Args:
        run_id: Id of the run.
        parent: Folder that holds the runs.

    Raises:
        RunError: There is no such run, or it is not a Podium run.
    """
    if found := _folder_of(run_id, parent):
        return found
    connections = Connections()
    kubeflow = Kubeflow(connections)
    run = kubeflow.run(run_id)
    settings, wrong = stored_settings(run)
    started = run.created_at.timestamp() if run.created_at else time.time()
    Path(parent).mkdir(parents=True, exist_ok=True)
    with RunFolder(parent).locked():  # several commands may open the run for the first time
        if found := _folder_of(run_id, parent):
            return found
        folder = RunFolder.create(
            new_run_path(str(run.display_name), parent), settings, engine="kubeflow", wrong=wrong
        )
        link = kubeflow.link(f"runs/details/{run_id}")
        folder.update(run_id=run_id, link=link, started=started, pid=0)
    return folder


def _folder_of(run_id: str, parent: str | Path) -> RunFolder | None:
    folders = (RunFolder(file.parent) for file in Path(parent).glob("*/run.json"))
    return next((folder for folder in folders if folder.state.run_id == run_id), None)


def stored_settings(run: Any) -> tuple[Settings, dict[str, Any]]:
    """Return the settings of a run on the server, however it was started, and those that are wrong."""
    given = dict(run.runtime_config.parameters or {}) if run.runtime_config else {}
    fields = {name: field for kind in KINDS.values() for name, field in kind.settings.model_fields.items()}
    values = {name: value for name, value in given.items() if name in fields}
    if isinstance(reader := values.get("reader"), dict):
        values["reader"] = {
            name: value for name, value in reader.items() if name in ReaderOptions.model_fields
        }
    return kind_of_settings(values).settings.lenient(values)
