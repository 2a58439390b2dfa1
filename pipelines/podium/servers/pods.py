"""The pods of runs, as far as the user may see them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from podium.servers.connections import Connections
from podium.servers.errors import ServerError, one_line

_SECONDS = 10.0
# A pod may wait this long for a place on a node before it is reported.
_PATIENCE_SECONDS = 60.0
# Lines of a pod's log to search for its last message, and how many characters of the message are shown.
_TAIL, _LONGEST = 50, 400
# Lines that Argo adds to the log of a failed container, and the prefix of a log line of a Go program.
_ARGO_LINE = re.compile(r"time=\S+ level=|Error: exit status \d+$")
_LOG_PREFIX = re.compile(r"^[IWEF]\d{4} \S+ +\d+ \S+\] ")
# Argo's name for the container that runs the code of a task.
_MAIN = "main"
_NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")


def images_waited_for(connections: Connections) -> set[str]:
    """Return the images that pods of runs wait for because they cannot be pulled.

    Args:
        connections: Settings of the servers.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow looking at pods.
    """
    return {image for pod in _pods(connections) for image in _missing_images(pod)}


def hindrances(connections: Connections, run_id: str) -> list[str]:
    """Return the reasons why pods of a run do not start, one sentence each.

    Args:
        connections: Settings of the servers.
        run_id: The run.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow looking at pods.
    """
    pods = _pods(connections, run_id)
    images = {f"The image {image} cannot be pulled." for pod in pods for image in _missing_images(pod)}
    places = {_scheduling_problem(condition) for pod in pods for condition in pod.status.conditions or ()}
    return sorted(images | places - {""})


def printed_last(connections: Connections, run_id: str) -> str:
    """Return the last log line of the first failed pod of a run; empty if no failed pod is left.

    Args:
        connections: Settings of the servers.
        run_id: The run.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow looking at pods.
    """
    failed = [pod for pod in _pods(connections, run_id) if pod.status.phase == "Failed"]
    for pod in sorted(failed, key=lambda pod: pod.metadata.creation_timestamp):
        with _errors(connections):
            text = core_api(connections).read_namespaced_pod_log(
                pod.metadata.name,
                connections.namespace_of_runs,
                container=_MAIN,
                tail_lines=_TAIL,
                _request_timeout=_SECONDS,
            )
        if message := last_line(text):
            return f"{pod.metadata.name}: {message}"
    return ""


def last_line(text: str) -> str:
    r"""Return the last line of a container's log that is not Argo's; only the end of a long line.

    >>> last_line("Begin.\nF0101 00:00:00.000000 16 a.go:2] No key.\nError: exit status 1\n")
    'No key.'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _ARGO_LINE.match(line)]
    message = _LOG_PREFIX.sub("", lines[-1]) if lines else ""
    return message if len(message) <= _LONGEST else f"... {message[-_LONGEST:]}"


def _pods(connections: Connections, run_id: str = "") -> list[Any]:
    selector = f"pipeline/runid={run_id}" if run_id else ""
    with _errors(connections):
        answer = core_api(connections).list_namespaced_pod(
            connections.namespace_of_runs, label_selector=selector, _request_timeout=_SECONDS
        )
    return list(answer.items)


def _missing_images(pod: Any) -> Iterator[str]:
    for container in [*(pod.status.init_container_statuses or ()), *(pod.status.container_statuses or ())]:
        if container.state.waiting and container.state.waiting.reason in _NO_IMAGE:
            yield container.image


def _scheduling_problem(condition: Any) -> str:
    """Return why a pod has been waiting for a node for some time, or an empty string."""
    if condition.type != "PodScheduled" or condition.status != "False":
        return ""
    if (datetime.now(UTC) - condition.last_transition_time).total_seconds() < _PATIENCE_SECONDS:
        return ""
    reason = str(condition.message or condition.reason).partition(". ")[0].rstrip(".")
    return f"A pod cannot be scheduled on any node: {reason}."


@contextmanager
def _errors(connections: Connections) -> Iterator[None]:
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import ConfigException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ApiException as error:
        raise ServerError(
            f"Kubernetes returned {error.status} {error.reason} for pods in {connections.namespace_of_runs}.",
            "Ask for permission, or look at the run's pods in the user interface.",
        ) from None
    except (ConfigException, HTTPError, OSError) as error:
        raise ServerError(
            f"Kubernetes cannot be reached: {one_line(error)}.",
            "Set KUBECONFIG, or look at the run's pods in the user interface.",
        ) from None


def core_api(connections: Connections) -> Any:
    """Return the client of the cluster's core API."""
    from kubernetes import client, config

    if connections.settings["kubeflow endpoint"].origin == "in-cluster service account":
        config.load_incluster_config()
    else:
        config.load_kube_config(context=connections["kubernetes context"] or None)
    return client.CoreV1Api()
