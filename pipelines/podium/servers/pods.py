"""Pods, as far as the cluster lets the user see them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from podium.servers.connections import Connections
from podium.servers.errors import ServerError, one_line

_SECONDS = 10.0
# A pod waits a moment for a place on any node.
_PATIENCE_SECONDS = 60.0
# Lines of a pod's log among which its last words are, and how many letters of these are shown.
_TAIL, _LONGEST = 50, 400
# What Argo adds to the log of a container that failed, and what Go's programs begin a line with.
_OF_ARGO = re.compile(r"time=\S+ level=|Error: exit status \d+$")
_STAMP = re.compile(r"^[IWEF]\d{4} \S+ +\d+ \S+\] ")
# The container of a task's own code, as Argo calls it.
_MAIN = "main"
_NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")


def images_waited_for(connections: Connections) -> set[str]:
    """Return the images that pods of runs wait for because they cannot be pulled.

    Args:
        connections: Where the cluster is.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow it.
    """
    return {image for pod in _pods(connections) for image in _lacking_images(pod)}


def hindrances(connections: Connections, run_id: str) -> list[str]:
    """Return what keeps pods of a run from starting, a sentence each.

    Args:
        connections: Where the cluster is.
        run_id: The run.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow it.
    """
    pods = _pods(connections, run_id)
    images = {f"The image {image} cannot be pulled." for pod in pods for image in _lacking_images(pod)}
    places = {_no_place(condition) for pod in pods for condition in pod.status.conditions or ()}
    return sorted(images | places - {""})


def printed_last(connections: Connections, run_id: str) -> str:
    """Return the last line of the first pod of a run that failed; empty if none is left.

    Args:
        connections: Where the cluster is.
        run_id: The run.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow it.
    """
    failed = [pod for pod in _pods(connections, run_id) if pod.status.phase == "Failed"]
    for pod in sorted(failed, key=lambda one: one.metadata.creation_timestamp):
        with _errors(connections):
            text = _core_api(connections).read_namespaced_pod_log(
                pod.metadata.name,
                connections.namespace_of_runs,
                container=_MAIN,
                tail_lines=_TAIL,
                _request_timeout=_SECONDS,
            )
        if words := last_line(text):
            return f"{pod.metadata.name}: {words}"
    return ""


def last_line(text: str) -> str:
    r"""Return the last line of a container's log that is not Argo's own; the end of it, where it is long.

    >>> last_line("Begin.\nF0101 00:00:00.000000 16 a.go:2] No key.\nError: exit status 1\n")
    'No key.'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _OF_ARGO.match(line)]
    words = _STAMP.sub("", lines[-1]) if lines else ""
    return words if len(words) <= _LONGEST else f"... {words[-_LONGEST:]}"


def _pods(connections: Connections, run_id: str = "") -> list[Any]:
    selector = f"pipeline/runid={run_id}" if run_id else ""
    with _errors(connections):
        answer = _core_api(connections).list_namespaced_pod(
            connections.namespace_of_runs, label_selector=selector, _request_timeout=_SECONDS
        )
    return list(answer.items)


def _lacking_images(pod: Any) -> Iterator[str]:
    for one in [*(pod.status.init_container_statuses or ()), *(pod.status.container_statuses or ())]:
        if one.state.waiting and one.state.waiting.reason in _NO_IMAGE:
            yield one.image


def _no_place(condition: Any) -> str:
    """Return what a condition says of a pod that has waited for a place for some time, or nothing."""
    if condition.type != "PodScheduled" or condition.status != "False":
        return ""
    if (datetime.now(UTC) - condition.last_transition_time).total_seconds() < _PATIENCE_SECONDS:
        return ""
    reason = str(condition.message or condition.reason).partition(". ")[0].rstrip(".")
    return f"A pod waits for a place on a node: {reason}."


@contextmanager
def _errors(connections: Connections) -> Iterator[None]:
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import ConfigException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ApiException as error:
        raise ServerError(
            f"Kubernetes says {error.status} {error.reason} to looking at pods in {connections.namespace_of_runs}.",
            "Ask for the permission, or look at the run's pods in the user interface.",
        ) from None
    except (ConfigException, HTTPError, OSError) as error:
        raise ServerError(
            f"Kubernetes cannot be reached: {one_line(error)}.",
            "Set KUBECONFIG, or look at the run's pods in the user interface.",
        ) from None


def _core_api(connections: Connections) -> Any:
    from kubernetes import client, config

    if connections.settings["kubeflow endpoint"].origin == "in-cluster service account":
        config.load_incluster_config()
    else:
        config.load_kube_config(context=connections["kubernetes context"] or None)
    return client.CoreV1Api()
