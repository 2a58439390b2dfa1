"""Checks whether the servers can be reached and used, and says what to do if not."""

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from email.utils import parsedate_to_datetime
from functools import cached_property

from podium.servers.allowances import read_allowances
from podium.servers.connections import Connections
from podium.servers.errors import MORE, ServerError, kubeflow_errors, one_line
from podium.servers.findings import Finding
from podium.servers.hindrances import images_waited_for
from podium.servers.kubeflow import Health, Kubeflow
from podium.servers.namespace_checks import check_account_of_runs, check_namespace, check_own_account
from podium.servers.signing_checks import check_signing_keys
from podium.servers.store import Store
from podium_ml.errors import PodiumError
from podium_ml.values.masking import masked
from podium_ml.values.secrets import travels_openly

# Older servers cannot take resources from loop items.
_MINIMUM_VERSION = (2, 5)
# Stores reject signed requests when clocks differ by five to fifteen minutes, depending on the store.
_MAX_SKEW_SECONDS = 120.0
# Each check may take this long.
_SECONDS = 10.0
_NEED_KUBEFLOW = ("permission to run", "clock")
_ASK_KUBERNETES = ("images", "lists", "signing keys", "namespace", "account of runs", "your account")
# What to do about a server that does not answer in time, by check.
_LATE = {
    "Kubeflow": "Check KF_PIPELINES_ENDPOINT and the network.",
    "permission to run": "Check that Kubeflow Pipelines is not overloaded.",
    "MLflow": "Check MLFLOW_TRACKING_URI and the network.",
    **dict.fromkeys(_ASK_KUBERNETES, "Check the kubeconfig and the network."),
    "": "Check AWS_ENDPOINT_URL and the network.",
}


class _Servers:
    """The servers; the first check asks Kubeflow Pipelines for its health, which others need."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.health: Health | None = None

    @cached_property
    def kubeflow(self) -> Kubeflow:
        return Kubeflow(self.connections)

    @property
    def account_of_runs(self) -> str:
        """The service account of runs: the user's choice, or Kubeflow's own."""
        is_multi_user = self.health is not None and self.health.multi_user
        own = "default-editor" if is_multi_user else "pipeline-runner"
        return self.connections["service account of runs"] or own


def examine(connections: Connections) -> list[Finding]:
    """Check each server, in the order in which a run needs them.

    Args:
        connections: Settings of the servers.
    """
    checks: dict[str, Callable[[_Servers], Finding]] = {
        "Kubeflow": _kubeflow,
        "permission to run": _permission,
        "clock": _clock,
        "object store": _store,
        "pipeline root": _root,
        "MLflow": _mlflow,
        "images": _images,
        "lists": _lists,
        "signing keys": lambda servers: check_signing_keys(servers.connections),
        "namespace": lambda servers: check_namespace(servers.connections, servers.account_of_runs),
        "account of runs": lambda servers: check_account_of_runs(
            servers.connections, servers.account_of_runs
        ),
        "your account": lambda servers: check_own_account(servers.connections),
    }
    servers = _Servers(connections)
    return [_examine(name, check, servers) for name, check in checks.items()]


def _examine(name: str, check: Callable[[_Servers], Finding], servers: _Servers) -> Finding:
    """Make a check in a thread of its own, because libraries may wait and try again for minutes."""
    if name in _NEED_KUBEFLOW and servers.health is None:
        return Finding(name, "skipped", "This needs Kubeflow Pipelines.")
    findings: list[Finding] = []
    thread = threading.Thread(target=lambda: findings.append(_check(name, check, servers)), daemon=True)
    thread.start()
    thread.join(_SECONDS)
    late = Finding(name, "wrong", f"There was no answer within {_SECONDS:.0f} s.", _LATE.get(name, _LATE[""]))
    return findings[0] if findings else late


def _check(name: str, check: Callable[[_Servers], Finding], servers: _Servers) -> Finding:
    try:
        found = check(servers)
    except PodiumError as error:
        found = Finding(name, "wrong", error.message, error.hint.replace(MORE, "."))
    except Exception as error:
        # A check that breaks says something about its server, and the others are still of use.
        found = Finding(name, "wrong", f"The check failed: {type(error).__name__}: {one_line(error)}.")
    return replace(found, seen=masked(found.seen), remedy=masked(found.remedy))


def _kubeflow(servers: _Servers) -> Finding:
    kubeflow, servers.health = servers.kubeflow, servers.kubeflow.health()
    version = servers.health.version
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers and numbers < _MINIMUM_VERSION:
        return Finding(
            "Kubeflow",
            "wrong",
            f"{kubeflow.host} is version {version}.",
            "Podium needs version 2.5 or newer: upgrade Kubeflow Pipelines.",
        )
    settings = servers.connections
    if travels_openly(kubeflow.host) and (settings["kubeflow token"] or settings["kubeflow token file"]):
        return Finding(
            "Kubeflow",
            "wrong",
            f"{kubeflow.host} answers, but your token travels to it unencrypted.",
            "Use https.",
        )
    return Finding("Kubeflow", "ok", f"{kubeflow.host} answers; version {version or 'unknown'}.")


def _permission(servers: _Servers) -> Finding:
    """Request a run without a pipeline; the server rejects it with 401 or 403 only if the user may not run."""
    import kfp_server_api as api
    from kfp_server_api.exceptions import ApiException

    kubeflow = servers.kubeflow
    with kubeflow_errors("Runs cannot be created", kubeflow.host):
        experiment = kubeflow.experiment("podium-doctor")
        try:
            kubeflow.client._run_api.run_service_create_run(
                run=api.V2beta1Run(display_name="podium-doctor", experiment_id=experiment)
            )
        except ApiException as error:
            if error.status in (401, 403):
                raise
    return Finding("permission to run", "ok", f"Runs can be created{_where(kubeflow)}.")


def _where(kubeflow: Kubeflow) -> str:
    return f" in namespace {kubeflow.namespace}" if kubeflow.namespace else ""


def _clock(servers: _Servers) -> Finding:
    date = servers.health.date if servers.health else ""
    if not date:
        return Finding("clock", "skipped", "The server does not report its time.")
    skew = time.time() - parsedate_to_datetime(date).timestamp()
    if abs(skew) > _MAX_SKEW_SECONDS:
        way = "ahead of" if skew > 0 else "behind"
        return Finding(
            "clock",
            "wrong",
            f"This machine's clock is {abs(skew):.0f} s {way} the server's.",
            "Synchronise the clock, e.g. with NTP.",
        )
    return Finding("clock", "ok", f"The clock differs from the server's by {abs(skew):.0f} s.")


def _store(servers: _Servers) -> Finding:
    store = Store(servers.connections["store"])
    store.probe()
    return Finding("object store", "ok", f"{store} at {store.endpoint} can be read and written.")


def _root(servers: _Servers) -> Finding:
    from podium.servers.deliveries import DEFAULT_ROOT

    store = Store(servers.connections["pipeline root"] or DEFAULT_ROOT)
    store.check()
    return Finding("pipeline root", "ok", f"{store} at {store.endpoint} can be read.")


def _mlflow(servers: _Servers) -> Finding:
    import requests

    uri = servers.connections["MLflow"]
    if not uri:
        return Finding(
            "MLflow", "skipped", "MLFLOW_TRACKING_URI is not set here; pods have their own setting.",
            "Set it to read the registry and to roll back from this machine.",
        )  # fmt: skip
    if not uri.startswith("http"):
        return Finding(
            "MLflow",
            "wrong",
            f"{uri} is not a server that pods can reach.",
            "Set MLFLOW_TRACKING_URI to an http(s) address.",
        )
    user, password = os.environ.get("MLFLOW_TRACKING_USERNAME", ""), servers.connections["MLflow password"]
    try:
        answer = requests.get(
            f"{uri.rstrip('/')}/api/2.0/mlflow/experiments/search?max_results=1",
            timeout=_SECONDS,
            auth=(user, password) if user else None,
            verify=servers.connections["CA certificates"] or True,
        )
    except requests.RequestException as error:
        raise ServerError(
            f"{uri} cannot be reached ({one_line(error)}).", "Check MLFLOW_TRACKING_URI."
        ) from None
    if answer.status_code in (401, 403):
        raise ServerError(
            f"{uri} denies access: {answer.status_code} {answer.reason}.",
            "Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.",
        )
    if answer.status_code != 200:
        raise ServerError(
            f"{uri} returned {answer.status_code} {answer.reason}.", "Check that it is an MLflow server."
        )
    if travels_openly(uri) and (user or password or "@" in uri):
        return Finding(
            "MLflow",
            "wrong",
            f"{uri} answers, but your password travels to it unencrypted.",
            "Use an https address.",
        )
    return Finding("MLflow", "ok", f"{uri} answers.")


def _images(servers: _Servers) -> Finding:
    """Look for pods that wait for an image, because only the nodes know whether it can be pulled."""
    connections = servers.connections
    namespace = connections.namespace_of_runs
    try:
        waiting = images_waited_for(connections)
    except ServerError as error:
        return Finding("images", "skipped", error.message, error.hint)
    if waiting:
        return Finding(
            "images", "wrong", f"Pods in {namespace} cannot pull {', '.join(sorted(waiting))}.",
            "Push the image with `make images`, set the registry with `podium compile --image-registry`, or give the "
            "service account an image pull secret.",
        )  # fmt: skip
    return Finding("images", "ok", f"No pod in {namespace} is waiting for an image.")


def _lists(servers: _Servers) -> Finding:
    """Say what the settings of runs may name in their pods."""
    try:
        lists = read_allowances(servers.connections)
    except ServerError as error:
        return Finding("lists", "skipped", error.message, error.hint)
    seen = "; ".join(f"{name} {', '.join(entries) or 'none'}" for name, entries in asdict(lists).items())
    bucket, _, folder = servers.connections["store"].partition("://")[2].partition("/")
    if lists.allow_object(bucket, folder):
        return Finding("lists", "ok", f"Runs may name: {seen}.")
    return Finding(
        "lists",
        "wrong",
        f"Runs may not read {servers.connections['store']}, where `podium run` puts files; they may name: {seen}.",
        "Ask the cluster's owner to add it to PODIUM_ALLOWED_BUCKETS, or set PODIUM_STORE.",
    )
