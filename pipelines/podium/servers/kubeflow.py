"""Kubeflow Pipelines: packages, runs and recurring runs on its server."""

import hashlib
import io
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from podium.images import TAG
from podium.servers.connections import Connections
from podium.servers.errors import ServerError, kubeflow_errors
from podium_ml.errors import RunError

# Seconds to connect, and to wait for an answer.
_CONNECT, _READ = 10.0, 60.0
_PAGE = 100
_STATUS = {"SUCCEEDED": "succeeded", "FAILED": "failed", "CANCELED": "cancelled", "SKIPPED": "failed"}
# Which every run of Podium is given, from wherever it is started, and few other pipelines have.
_OUR_PARAMETERS = {"source", "target"}


@dataclass(frozen=True)
class Health:
    """What a server says of itself.

    Attributes:
        version: Its release, such as ``2.17.0``; empty if it does not tell.
        multi_user: Whether each user has a namespace.
        date: Its time, as HTTP writes it; empty if it does not tell.
    """

    version: str
    multi_user: bool
    date: str


@dataclass(frozen=True)
class Version:
    """An uploaded version of a pipeline.

    Attributes:
        pipeline: Id of the pipeline.
        version: Id of the version.
        name: Name of the version: the release and a hash of the package.
        link: Its page.
        is_new: Whether it was uploaded just now.
    """

    pipeline: str
    version: str
    name: str
    link: str
    is_new: bool


class Kubeflow:
    """One server of Kubeflow Pipelines, as one user sees it.

    Args:
        connections: Where it is, and who asks.

    Raises:
        ServerError: It is not known where the server is.
    """

    def __init__(self, connections: Connections) -> None:
        if not connections.has_kubeflow:
            raise ServerError(
                "It is not known where Kubeflow Pipelines is.",
                "Set KF_PIPELINES_ENDPOINT, or use a kubeconfig; `podium doctor` looks closer.",
            )
        self._connections = connections
        self.host = connections["kubeflow endpoint"]

    @cached_property
    def client(self) -> Any:
        """The ``kfp.Client``."""
        with kubeflow_errors("No connection", self.host), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            client = _quiet_client(self._connections)
        _limit_waiting(client._run_api.api_client)  # all its parts share it
        return client

    @cached_property
    def namespace(self) -> str | None:
        """The user's namespace, where each user has one; ``None`` where there is only one for all.

        Raises:
            ServerError: Each user has one, and it is not known which.
        """
        if not self.health().multi_user:
            return None
        if namespace := self._connections["kubeflow user namespace"]:
            return namespace
        raise ServerError(f"{self.host} has a namespace for each user.", "Name yours in PODIUM_NAMESPACE.")

    def link(self, page: str) -> str:
        """Return the address of a page of the user interface, such as ``runs/details/ID``."""
        ui = self._connections["kubeflow UI"]
        return f"{ui.rstrip('/')}/#/{page}" if ui.startswith("http") else f"#/{page}"

    def health(self) -> Health:
        """Return what the server says of itself."""
        with kubeflow_errors("No connection", self.host):
            answer = self.client._healthz_api.healthz_service_get_healthz(_preload_content=False)
        facts = json.loads(answer.data)
        return Health(
            version=str(facts.get("tag_name", "")),
            multi_user=bool(facts.get("multi_user")),
            date=str(answer.headers.get("Date", "")),
        )

    def upload(self, package: Path, name: str, *, description: str, fields: str) -> Version:
        """Upload a package as a version of a pipeline, unless that very package is there already.

        Args:
            package: Compiled pipeline.
            name: Name of the pipeline; made if there is none.
            description: What the pipeline does, shown in the user interface.
            fields: What the fields of its form are for, shown there as well.
        """
        content = package.read_bytes()
        version_name = f"{TAG}-{hashlib.sha256(content).hexdigest()[:12]}"
        with kubeflow_errors("The pipeline cannot be uploaded", self.host):
            pipeline = self.client.get_pipeline_id(name) or self._create_pipeline(name, description)
            version = self._find_version(pipeline, version_name)
            is_new = version is None
            if version is None:
                version = self._upload_version(package, pipeline, version_name, fields)
        link = self.link(f"pipelines/details/{pipeline}/version/{version}")
        return Version(pipeline, version, version_name, link, is_new)

    def start(
        self, version: Version, *, title: str, experiment: str, arguments: dict[str, Any], description: str
    ) -> str:
        """Start a run and return its id.

        Args:
            version: What to run.
            title: Name of the run.
            experiment: Name of the experiment; made if there is none.
            arguments: Parameters of the pipeline.
            description: What is being run, shown in the user interface.
        """
        import kfp_server_api as api

        connections = self._connections
        with kubeflow_errors("The run cannot be started", self.host):
            run = api.V2beta1Run(
                experiment_id=self.experiment(experiment),
                display_name=title,
                description=description,
                pipeline_version_reference=reference(version),
                runtime_config=runtime(arguments, connections),
                service_account=connections["service account of runs"] or None,
            )
            return str(self.client._run_api.run_service_create_run(run=run).run_id)

    def run(self, run_id: str) -> Any:
        """Return a run as the server describes it (``V2beta1Run``).

        Raises:
            RunError: There is none.
        """
        with kubeflow_errors(f"Run {run_id} cannot be looked up", self.host):
            try:
                return self.client.get_run(run_id)
            except Exception as error:
                if getattr(error, "status", None) == 404:
                    raise RunError(
                        f"There is no run {run_id} on {self.host}.", "See `podium runs --engine kubeflow`."
                    ) from None
                raise

    def runs(self, *, limit: int = 20) -> list[Any]:
        """Return the newest runs of Podium, newest first; other pipelines' are passed over."""
        with kubeflow_errors("The runs cannot be listed", self.host):
            return list(islice(self._pages(self.client.list_runs, "runs", size=limit), limit))

    def terminate(self, run_id: str) -> None:
        """End a run; its pods are stopped."""
        with kubeflow_errors(f"Run {run_id} cannot be ended", self.host):
            self.client.terminate_run(run_id)

    def experiment(self, name: str) -> str:
        """Return the id of an experiment; made if there is none."""
        with redirect_stdout(io.StringIO()):  # the client prints links
            return str(self.client.create_experiment(name, namespace=self.namespace).experiment_id)

    def schedules(self) -> Iterator[Any]:
        """Yield all recurring runs of Podium, newest first; other pipelines' are passed over."""
        with kubeflow_errors("The schedules cannot be listed", self.host):
            yield from self._pages(self.client.list_recurring_runs, "recurring_runs")

    def _pages(self, ask: Callable[..., Any], field: str, *, size: int = _PAGE) -> Iterator[Any]:
        token = ""
        while True:
            answer = ask(
                page_token=token, page_size=size, sort_by="created_at desc", namespace=self.namespace
            )
            yield from filter(_is_ours, getattr(answer, field) or ())
            token = answer.next_page_token or ""
            if not token:
                return

    def _create_pipeline(self, name: str, description: str) -> str:
        import kfp_server_api as api

        body = api.V2beta1Pipeline(
            name=name, display_name=name, description=description, namespace=self.namespace
        )
        return str(self.client._pipelines_api.pipeline_service_create_pipeline(pipeline=body).pipeline_id)

    def _find_version(self, pipeline: str, name: str) -> str | None:
        wanted = {"predicates": [{"operation": "EQUALS", "key": "display_name", "stringValue": name}]}
        answer = self.client.list_pipeline_versions(pipeline, page_size=_PAGE, filter=json.dumps(wanted))
        found = [one for one in answer.pipeline_versions or [] if one.display_name == name]
        return str(found[0].pipeline_version_id) if found else None

    def _upload_version(self, package: Path, pipeline: str, name: str, description: str) -> str:
        version = self.client._upload_api.upload_pipeline_version(
            str(package), name=name, display_name=name, pipelineid=pipeline, description=description
        )
        return str(version.pipeline_version_id)


def status_of(run: Any) -> str:
    """Return the state of a run on a server in Podium's words.

    Some servers call a run that was cancelled failed in the end; its history says better.
    """
    state = str(run.state)
    if state == "FAILED" and any(str(one.state) == "CANCELING" for one in run.state_history or ()):
        state = "CANCELED"
    return _STATUS.get(state, "running")


def _is_ours(run: Any) -> bool:
    """Whether a run or recurring run is of Podium's pipeline, under whatever name that was uploaded."""
    parameters = run.runtime_config and run.runtime_config.parameters
    return set(parameters or ()) >= _OUR_PARAMETERS


def reference(version: Version) -> Any:
    """Return a version as the server's API names it."""
    import kfp_server_api as api

    return api.V2beta1PipelineVersionReference(
        pipeline_id=version.pipeline, pipeline_version_id=version.version
    )


def runtime(arguments: dict[str, Any], connections: Connections) -> Any:
    """Return what a run is given, as the server's API takes it."""
    import kfp_server_api as api

    return api.V2beta1RuntimeConfig(parameters=arguments, pipeline_root=connections["pipeline root"] or None)


def _quiet_client(connections: Connections) -> Any:
    """Return a ``kfp.Client``; the endpoint of a kubeconfig is left to it, which goes through the API server."""
    from kfp import Client
    from kfp.client import ServiceAccountTokenVolumeCredentials

    host, token_file = connections["kubeflow endpoint"], connections["kubeflow token file"]
    return Client(
        host=None if host.startswith("kubernetes://") else host,
        namespace=connections["kubeflow server namespace"],
        existing_token=connections["kubeflow token"] or None,
        credentials=ServiceAccountTokenVolumeCredentials(token_file) if token_file else None,
        ssl_ca_cert=connections["CA certificates"] or None,
        kube_context=connections["kubernetes context"] or None,
        ui_host=connections["kubeflow UI"] or None,
    )


def _limit_waiting(api_client: Any) -> None:
    """Give up on a server that does not answer; the generated client would wait for ever."""
    from urllib3.util import Retry, Timeout

    options = api_client.rest_client.pool_manager.connection_pool_kw
    options["timeout"] = Timeout(connect=_CONNECT, read=_READ)
    options["retries"] = Retry(
        total=3, backoff_factor=0.5, status_forcelist=(502, 503, 504), raise_on_status=False
    )
