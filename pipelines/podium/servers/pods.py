"""The pods of a run, as far as the cluster lets the user see them: what they print."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from podium.servers.connections import Connections
from podium.servers.errors import ServerError

_RUN_LABEL = "pipeline/runid"
_NODE_NAME = "workflows.argoproj.io/node-name"
# The container of a task's pod in which the task itself runs.
_CONTAINER = "main"
_FAILED_LINES = 40
_NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")


class Pods:
    """The pods of one run.

    Args:
        connections: Where the cluster is.
        namespace: Where the run's pods are.
    """

    def __init__(self, connections: Connections, namespace: str) -> None:
        self._connections, self._namespace = connections, namespace

    def logs(self, run_id: str, *, task: str = "", lines: int | None = None) -> Iterator[tuple[str, str]]:
        """Yield task and printed text of each pod of a run, in the order in which they started.

        Args:
            run_id: Id of the run.
            task: Part of the tasks' names, such as ``train-candidate``; all by default.
            lines: How many lines from the end; all by default.

        Raises:
            ServerError: The cluster cannot be reached, or does not allow it.
        """
        with self._errors():
            api = _core_api(self._connections)
            selector = f"{_RUN_LABEL}={run_id}"
            pods = api.list_namespaced_pod(self._namespace, label_selector=selector).items
            for pod in sorted(pods, key=lambda one: one.metadata.creation_timestamp):
                name = _task_name(pod)
                if task in name and not name.endswith("-driver"):
                    yield (
                        name,
                        api.read_namespaced_pod_log(
                            pod.metadata.name, self._namespace, container=_CONTAINER, tail_lines=lines
                        ),
                    )

    def waiting_for_images(self) -> set[str]:
        """Return the images that pods of the namespace wait for because they cannot be pulled.

        Raises:
            ServerError: The cluster cannot be reached, or does not allow it.
        """
        with self._errors():
            pods = _core_api(self._connections).list_namespaced_pod(self._namespace).items
        states = [one for pod in pods for one in (pod.status.container_statuses or ())]
        return {one.image for one in states if one.state.waiting and one.state.waiting.reason in _NO_IMAGE}

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from kubernetes.client.exceptions import ApiException
        from kubernetes.config import ConfigException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except ApiException as error:
            raise ServerError(
                f"Kubernetes says {error.status} {error.reason} to reading pods in {self._namespace}.",
                "Ask for the permission to read pods and their logs there.",
            ) from None
        except (ConfigException, HTTPError, OSError) as error:
            raise ServerError(
                f"Kubernetes cannot be reached: {' '.join(str(error).split())[:200]}.",
                "Set KUBECONFIG, or look at the logs in the user interface.",
            ) from None


def failed_task_message(run: Any, connections: Connections) -> tuple[str, str]:
    """Return the task that failed and its last words; empty texts for what cannot be known.

    Args:
        run: The run as the server describes it.
        connections: Where the cluster is.
    """
    tasks = (run.run_details and run.run_details.task_details) or []
    failed = [
        one for one in tasks if one.state == "FAILED" and one.display_name.replace("-", "_") in _stages()
    ]
    if not failed:
        return "", ""
    name = str(failed[0].display_name)
    namespace = connections["kubeflow user namespace"] or connections["kubeflow server namespace"]
    try:
        texts = [
            text for _, text in Pods(connections, namespace).logs(run.run_id, task=name, lines=_FAILED_LINES)
        ]
    except ServerError:
        return name, ""
    return name, last_words(texts[-1]) if texts else ""


def last_words(text: str) -> str:
    r"""Return the line in which a stage said why it failed; empty if there is none.

    >>> last_words("...\nvalidate_data failed: There is no column 'x'.\nlauncher: exit status 1\n")
    "There is no column 'x'."
    """
    for line in reversed(text.splitlines()):
        before, found, after = line.partition(" failed: ")
        if found and before.strip() in _stages():
            return after.strip()
    return ""


def _stages() -> tuple[str, ...]:
    from podium.progress.state import STAGES

    return STAGES


def _task_name(pod: Any) -> str:
    """Return the task that a pod belongs to: Argo's node name is the path to it, and ends in ``executor``."""
    path = (pod.metadata.annotations or {}).get(_NODE_NAME, pod.metadata.name).split(".")
    return ".".join(part for part in path[1:] if part not in ("root", "executor")) or path[-1]


def _core_api(connections: Connections) -> Any:
    from kubernetes import client, config

    if connections.settings["kubeflow endpoint"].origin == "in-cluster service account":
        config.load_incluster_config()
    else:
        config.load_kube_config(context=connections["kubernetes context"] or None)
    return client.CoreV1Api()
