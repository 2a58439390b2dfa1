"""A client of Kubeflow Pipelines: packages, runs and recurring runs."""

import hashlib
import io
import json
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from podium.images import TAG
from podium.servers.connections import Connections
from podium.servers.errors import ServerError, kubeflow_errors, one_line
from podium_ml.errors import RunError
from podium_ml.values.masking import masked_address
from podium_ml.values.secrets import travels_openly

_ENDPOINT = "Set KF_PIPELINES_ENDPOINT to the address of the server, such as http://HOST:8888 or https://HOST/pipeline."
_SERVER_ERROR = 500
# Who asks, where the server trusts the account that says so: https://www.kubeflow.org/docs/components/pipelines/
_USER_HEADER = "kubeflow-userid"
# Timeouts for connecting and for reading an answer, in seconds.
_CONNECT, _READ = 10.0, 60.0
_PAGE_SIZE = 100
_STATUS = {"SUCCEEDED": "succeeded", "FAILED": "failed", "CANCELED": "cancelled", "SKIPPED": "failed"}
# Parameters that every Podium run has, wherever it was started, and few other pipelines have.
_OUR_PARAMETERS = {"source", "target"}


@dataclass(frozen=True)
class Health:
    """What a server reports about itself.

    Attributes:
        version: Its release, such as ``2.17.0``; empty if it is not reported.
        multi_user: Whether each user has a namespace.
        date: Its time, in HTTP date format; empty if it is not reported.
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
        link: Its page in the user interface.
        is_new: Whether it was uploaded just now.
    """

    pipeline: str
    version: str
    name: str
    link: str
    is_new: bool


class Kubeflow:
    """A Kubeflow Pipelines server, as one user sees it.

    Args:
        connections: Settings of the servers.

    Raises:
        ServerError: The endpoint of the server is unknown.
    """

    def __init__(self, connections: Connections) -> None:
        if not connections.has_kubeflow:
            raise ServerError(
                "The endpoint of Kubeflow Pipelines is not set.",
                "Set KF_PIPELINES_ENDPOINT, or use a kubeconfig; `podium config` shows what is set.",
            )
        self._connections = connections
        self.host = connections["kubeflow endpoint"]

    @cached_property
    def client(self) -> Any:
        """The ``kfp.Client``."""
        with kubeflow_errors("Connection failed", self.host), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            client = _make_client(self._connections)
        api_client = client._run_api.api_client  # all parts of the client share it
        _set_timeouts(api_client)
        if user := self._connections["kubeflow user"]:
            api_client.set_default_header(_USER_HEADER, user)
        return client

    @cached_property
    def namespace(self) -> str | None:
        """The user's namespace, or ``None`` if all users share one.

        Raises:
            ServerError: Each user has a namespace, and this user's is unknown.
        """
        if not self.health().multi_user:
            return None
        if namespace := self._connections["kubeflow user namespace"]:
            return namespace
        raise ServerError(f"{self.host} needs the namespace of the user.", "Set PODIUM_NAMESPACE to yours.")

    def link(self, page: str) -> str:
        """Return the URL of a page of the user interface, such as ``runs/details/ID``."""
        ui = self._connections["kubeflow UI"]
        return f"{ui.rstrip('/')}/#/{page}" if ui.startswith("http") else f"#/{page}"

    def health(self) -> Health:
        """Return what the server reports about itself."""
        facts, answer = self._ask_for_health()
        return Health(
            version=str(facts.get("tag_name", "")),
            multi_user=bool(facts.get("multi_user")),
            date=str(answer.headers.get("Date", "")),
        )

    def _ask_for_health(self) -> tuple[dict[str, Any], Any]:
        """Return what the server says about itself, and its whole answer.

        Raises:
            ServerError: It cannot be reached, denies access, or is another kind of server.
        """
        from kfp_server_api.exceptions import ApiException

        with kubeflow_errors("Connection failed", self.host):
            try:
                answer = self.client._healthz_api.healthz_service_get_healthz(_preload_content=False)
                facts = json.loads(answer.data)
            except ValueError:
                raise ServerError(
                    f"{self.host} is not Kubeflow Pipelines, or wants a login: it answers with a page.",
                    _ENDPOINT,
                ) from None
            except ApiException as error:
                if error.status in (401, 403) or error.status >= _SERVER_ERROR:
                    raise
                what = f"{error.status} {one_line(error.reason)}"
                raise ServerError(
                    f"{self.host} is not Kubeflow Pipelines: it answers {what}.", _ENDPOINT
                ) from None
        if not isinstance(facts, dict):
            raise ServerError(f"{self.host} is not Kubeflow Pipelines.", _ENDPOINT)
        return facts, answer

    def upload(self, package: Path, name: str, *, description: str, fields: str) -> Version:
        """Upload a package as a version of a pipeline, unless this exact package is already there.

        A version is told by its content: anybody who may upload could have given another one its name.

        Args:
            package: Compiled pipeline.
            name: Name of the pipeline; created if it does not exist.
            description: What the pipeline does, shown in the user interface.
            fields: Description of the fields of its form, shown there as well.
        """
        with kubeflow_errors("The pipeline cannot be uploaded", self.host):
            return _again_if_taken(lambda: self._upload(package, name, description, fields))

    def _upload(self, package: Path, name: str, description: str, fields: str) -> Version:
        content = package.read_bytes()
        version_name = f"{TAG}-{hashlib.sha256(content).hexdigest()[:12]}"
        pipeline = self.client.get_pipeline_id(name) or self._create_pipeline(name, description)
        named = self._versions_named(pipeline, version_name)
        wanted = _as_server_keeps(content)
        version = next((str(one.pipeline_version_id) for one in named if one.pipeline_spec == wanted), None)
        is_new = version is None
        if version is None:
            if named:
                version_name = self._other_name(version_name)
            version = self._upload_version(package, pipeline, version_name, fields)
        link = self.link(f"pipelines/details/{pipeline}/version/{version}")
        return Version(pipeline, version, version_name, link, is_new)

    def start(
        self, version: Version, *, title: str, experiment: str, arguments: dict[str, Any], description: str
    ) -> str:
        """Start a run and return its id.

        Args:
            version: Pipeline version to run.
            title: Name of the run.
            experiment: Name of the experiment; created if it does not exist.
            arguments: Parameters of the pipeline.
            description: Description of the run, shown in the user interface.
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
            RunError: There is no such run.
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

    def workflow(self, run_id: str) -> dict[str, Any]:
        """Return Argo's record of a run; empty if the server does not show it.

        Only the first version of the server's interface has it. The record is as large as the pipeline, so this is
        not for every look at a run.
        """
        with suppress(ServerError), kubeflow_errors(f"Run {run_id} cannot be looked up", self.host):
            answer = self.client._run_api.api_client.call_api(
                f"/apis/v1beta1/runs/{run_id}",
                "GET",
                auth_settings=["Bearer"],
                _return_http_data_only=True,
                _preload_content=False,
            )
            runtime = json.loads(answer.data).get("pipeline_runtime") or {}
            return json.loads(runtime.get("workflow_manifest") or "{}")
        return {}

    def runs(self, *, limit: int = 20) -> list[Any]:
        """Return the most recent Podium runs, newest first; runs of other pipelines are skipped."""
        with kubeflow_errors("The runs cannot be listed", self.host):
            return list(islice(self._pages(self.client.list_runs, "runs", size=limit), limit))

    def terminate(self, run_id: str) -> None:
        """Cancel a run; its pods are stopped."""
        with kubeflow_errors(f"Run {run_id} cannot be cancelled", self.host):
            self.client.terminate_run(run_id)

    def experiment(self, name: str) -> str:
        """Return the id of an experiment; it is created if it does not exist."""
        with redirect_stdout(io.StringIO()):  # the client prints links
            return str(self.client.create_experiment(name, namespace=self.namespace).experiment_id)

    def schedules(self) -> Iterator[Any]:
        """Yield all recurring Podium runs, newest first; those of other pipelines are skipped."""
        with kubeflow_errors("The schedules cannot be listed", self.host):
            yield from self._pages(self.client.list_recurring_runs, "recurring_runs")

    def _pages(self, ask: Callable[..., Any], field: str, *, size: int = _PAGE_SIZE) -> Iterator[Any]:
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

    def _versions_named(self, pipeline: str, name: str) -> list[Any]:
        """Return the versions whose names begin with a name; anybody may have given it to them."""
        wanted = {"predicates": [{"operation": "IS_SUBSTRING", "key": "display_name", "stringValue": name}]}
        answer = self.client.list_pipeline_versions(pipeline, page_size=_PAGE_SIZE, filter=json.dumps(wanted))
        return [one for one in answer.pipeline_versions or [] if one.display_name.startswith(name)]

    def _other_name(self, name: str) -> str:
        warnings.warn(
            f"{self.host} has another pipeline under the name {name}, which is not used. Find out who uploaded it.",
            stacklevel=2,
        )
        return f"{name}-{uuid.uuid4().hex[:6]}"

    def _upload_version(self, package: Path, pipeline: str, name: str, description: str) -> str:
        version = self.client._upload_api.upload_pipeline_version(
            str(package), name=name, display_name=name, pipelineid=pipeline, description=description
        )
        return str(version.pipeline_version_id)


def _again_if_taken(upload: Callable[[], Version]) -> Version:
    """Upload; once more if another command has made the same pipeline or version in the meantime."""
    from kfp_server_api import ApiException

    try:
        return upload()
    except ApiException as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        return upload()


def status_of(run: Any) -> str:
    """Return Podium's status of a run on a server.

    Some servers report a cancelled run as failed in the end; only its history shows that it was cancelled.
    """
    state = str(run.state)
    if state == "FAILED" and any(str(past.state) == "CANCELING" for past in run.state_history or ()):
        state = "CANCELED"
    return _STATUS.get(state, "running")


def _as_server_keeps(package: bytes) -> Any:
    """Return the content of a package as the server shows it."""
    pipeline, *platform = yaml.safe_load_all(package)
    return {"pipeline_spec": pipeline, "platform_spec": platform[0]} if platform else pipeline


def _is_ours(run: Any) -> bool:
    """Return whether a run or recurring run is of a Podium pipeline, under whatever name it was uploaded."""
    parameters = run.runtime_config and run.runtime_config.parameters
    return set(parameters or ()) >= _OUR_PARAMETERS


def reference(version: Version) -> Any:
    """Return the reference to a version for the server's API."""
    import kfp_server_api as api

    return api.V2beta1PipelineVersionReference(
        pipeline_id=version.pipeline, pipeline_version_id=version.version
    )


def runtime(arguments: dict[str, Any], connections: Connections) -> Any:
    """Return the runtime configuration of a run for the server's API."""
    import kfp_server_api as api

    return api.V2beta1RuntimeConfig(parameters=arguments, pipeline_root=connections["pipeline root"] or None)


def _make_client(connections: Connections) -> Any:
    """Return a ``kfp.Client``, which reaches the server of a kubeconfig through the Kubernetes API server."""
    from kfp import Client
    from kfp.client import ServiceAccountTokenVolumeCredentials

    class QuietClient(Client):  # type: ignore[misc]
        """A client that asks nothing before it has timeouts: KFP's own tries for a minute and prints tracebacks."""

        def get_kfp_healthz(self, sleep_duration: int = 0) -> Any:
            """Say that users have no namespaces; whether they do is found out later."""
            return SimpleNamespace(multi_user=False)

    host, token_file = connections["kubeflow endpoint"], connections["kubeflow token file"]
    if (connections["kubeflow token"] or token_file) and travels_openly(host):
        warnings.warn(
            f"Your token travels unencrypted to {masked_address(host)}; use its https address.", stacklevel=2
        )
    return QuietClient(
        host=None if host.startswith("kubernetes://") else host,
        namespace=connections["kubeflow server namespace"],
        existing_token=connections["kubeflow token"] or None,
        credentials=ServiceAccountTokenVolumeCredentials(token_file) if token_file else None,
        ssl_ca_cert=connections["CA certificates"] or None,
        kube_context=connections["kubernetes context"] or None,
        ui_host=connections["kubeflow UI"] or None,
    )


def _set_timeouts(api_client: Any) -> None:
    """Set timeouts and retries, because the generated client would wait forever for an answer."""
    from urllib3.util import Retry, Timeout

    options = api_client.rest_client.pool_manager.connection_pool_kw
    options["timeout"] = Timeout(connect=_CONNECT, read=_READ)
    options["retries"] = Retry(
        total=3, backoff_factor=0.5, status_forcelist=(502, 503, 504), raise_on_status=False
    )
