"""The pods of runs, as far as the user may see them in Kubernetes."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from podium.servers.connections import Connections
from podium.servers.errors import ServerError, one_line
from podium.servers.pod_states import NEVER, PodState, Status, exit_text, part_of, place_of

_SECONDS = 10.0
# Lines of a pod's log to search for its last message, and how many characters of the message are shown.
_TAIL, _LONGEST = 50, 300
# Lines that Argo adds to the log of a failed container, lines of a JSON dump, and the prefix of a log line of a Go
# program.
_ARGO_LINE = re.compile(r"time=\S+ level=|Error: exit status \d+$")
_JSON_LINE = re.compile(r'[\[\]{}(),]*$|"[^"]*":|"[^"]*",?$')
_LOG_PREFIX = re.compile(r"^[IWEF]\d{4} \S+ +\d+ \S+\] ")
# Argo's name for the container that runs the code of a task.
_MAIN = "main"
_STATUS: dict[str, Status] = {
    "Pending": "waiting",
    "Running": "running",
    "Succeeded": "succeeded",
    "Failed": "failed",
}
_NODE_ID, _NODE_NAME = "workflows.argoproj.io/node-id", "workflows.argoproj.io/node-name"


def pod_states(connections: Connections, run_id: str) -> list[PodState]:
    """Return the state of each pod of a run that still exists.

    Args:
        connections: Settings of the servers.
        run_id: The run.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow looking at pods.
    """
    return [_state(connections, pod) for pod in list_pods(connections, run_id)]


def printed(connections: Connections, pod: str, *, lines: int | None = None) -> str:
    """Return the log of the code that a pod runs.

    Args:
        connections: Settings of the servers.
        pod: Name of the pod.
        lines: How many of the last lines; all by default.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow reading logs, or there is no such pod.
    """
    with cluster_errors(connections):
        answer = core_api(connections).read_namespaced_pod_log(
            pod,
            connections.namespace_of_runs,
            container=_MAIN,
            **({"tail_lines": lines} if lines else {}),
            _request_timeout=_SECONDS,
            _preload_content=False,
        )
        return answer.data.decode(errors="replace")


def last_line(text: str) -> str:
    r"""Return the last message in a container's log, without what Argo and Kubeflow add; only the end of a long one.

    >>> last_line("Begin.\nF0101 00:00:00.000000 16 a.go:2] No key.\nError: exit status 1\n")
    'No key.'
    >>> last_line('Ready.\n{\n  "inputs": {},\n  "outputs": {\n  }\n}\n')
    'Ready.'
    """
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if not (_JSON_LINE.match(line) or _ARGO_LINE.match(line))]
    message = _LOG_PREFIX.sub("", said[-1]) if said else ""
    return message if len(message) <= _LONGEST else f"... {message[-_LONGEST:].partition(' ')[2]}"


def list_pods(connections: Connections, run_id: str = "", *, phase: str = "") -> list[Any]:
    """Return the pods of a run, or of all runs, as Kubernetes describes them.

    Args:
        connections: Settings of the servers.
        run_id: The run; all runs by default.
        phase: Phase of the pods, such as ``Pending``; all by default. Hundreds that have ended take many seconds.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow looking at pods.
    """
    selectors = {
        "label_selector": f"pipeline/runid={run_id}" if run_id else "",
        "field_selector": f"status.phase={phase}" if phase else "",
    }
    with cluster_errors(connections):
        answer = core_api(connections).list_namespaced_pod(
            connections.namespace_of_runs, **selectors, _request_timeout=_SECONDS
        )
    return list(answer.items)


def part_of_pod(pod: Any) -> tuple[str, bool]:
    """Return what a pod runs, an algorithm or a task, and whether it is only the driver of that."""
    main = next((one for one in pod.spec.containers if one.name == _MAIN), None)
    words = [*(main.command or ()), *(main.args or ())] if main else []
    node = (pod.metadata.annotations or {}).get(_NODE_NAME, pod.metadata.name)
    return part_of(node, " ".join(words))


def _state(connections: Connections, pod: Any) -> PodState:
    annotations = pod.metadata.annotations or {}
    part, is_driver = part_of_pod(pod)
    message, kind = "", "bug"
    if pod.status.phase == "Failed":
        message, kind = _reason(connections, pod)
    ends = [one.state.terminated.finished_at for one in _containers(pod) if one.state.terminated]
    is_over = pod.status.phase in ("Succeeded", "Failed")
    return PodState(
        annotations.get(_NODE_ID, pod.metadata.name),
        place_of(annotations.get(_NODE_NAME, pod.metadata.name)),
        part,
        is_driver,
        _STATUS.get(pod.status.phase, "waiting"),
        message,
        kind,
        began=pod.metadata.creation_timestamp,
        ended=max((end for end in ends if end and is_over), default=NEVER),
        pod=pod.metadata.name,
    )


def _containers(pod: Any) -> list[Any]:
    """Return the states of a pod's containers: the one that runs the code, those before it, then those beside it."""
    beside = sorted(pod.status.container_statuses or (), key=lambda one: one.name != _MAIN)
    return [*beside[:1], *(pod.status.init_container_statuses or ()), *beside[1:]]


def _reason(connections: Connections, pod: Any) -> tuple[str, str]:
    """Return why a pod failed, and the kind of failure."""
    if pod.status.reason:  # the pod as a whole: evicted, or its node was shut down
        message = f": {pod.status.message}" if pod.status.message else ""
        return f"{_word(pod.status.reason)}{message}", "killed"
    for container in _containers(pod):
        ended = container.state.terminated
        if ended and ended.exit_code:
            return _exit(connections, pod, container.name, ended)
    return str(pod.status.message or ""), "bug"


def _exit(connections: Connections, pod: Any, name: str, ended: Any) -> tuple[str, str]:
    message = ended.message or ""
    if name == _MAIN and not message and ended.exit_code == 1:
        with suppress(ServerError):
            message = last_line(printed(connections, pod.metadata.name, lines=_TAIL))
    text, kind = exit_text(ended.exit_code, ended.reason or "", message, limit=_memory_limit(pod, name))
    return (text if name == _MAIN else f"container {name} {text}"), kind


def _memory_limit(pod: Any, name: str) -> str:
    found = [one for one in pod.spec.containers if one.name == name and one.resources]
    return str((found[0].resources.limits or {}).get("memory", "")) if found else ""


def _word(reason: str) -> str:
    """Return a reason of Kubernetes as words: ``NodeShutdown`` becomes ``node shutdown``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", reason).lower()


@contextmanager
def cluster_errors(connections: Connections) -> Iterator[None]:
    """Turn errors of Kubernetes into messages for the user."""
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

    if connections.is_in_cluster:
        config.load_incluster_config()
    else:
        # Named, because the library reads the variable only once, when it is imported.
        files = os.environ.get("KUBECONFIG") or None
        config.load_kube_config(config_file=files, context=connections["kubernetes context"] or None)
    return client.CoreV1Api()
