"""Access to the pods of runs through the Kubernetes API."""

import json
from collections.abc import Iterator
from typing import Any

from kubernetes import client, config
from kubernetes.stream import stream

from podium.servers.connections import Connections


class Pods:
    """The pods in the namespace in which Kubeflow Pipelines runs them."""

    def __init__(self, connections: Connections) -> None:
        config.load_kube_config(context=connections["kubernetes context"] or None)
        self._api = client.CoreV1Api()
        self._namespace = connections.namespace_of_runs

    def main_containers(self, run_id: str) -> list[Any]:
        """Return the main containers of a run, including those of drivers."""
        return [one for pod in self._of_run(run_id) for one in pod.spec.containers if one.name == "main"]

    def branches(self, run_id: str) -> Iterator[tuple[str, str, Any]]:
        """Yield algorithm, pod and container of each branch with an existing pod, without drivers."""
        for pod in self._of_run(run_id):
            for container in pod.spec.containers:
                words = [*(container.command or ()), *(container.args or ())]
                if container.name == "main" and "--executor_input" in words and "--type" not in words:
                    given = json.loads(words[words.index("--executor_input") + 1])["inputs"]
                    if branch := given.get("parameterValues", {}).get("branch"):
                        yield branch["algorithm"], pod.metadata.name, container

    def delete(self, pod: str) -> None:
        """Delete a pod immediately, as if its node had failed."""
        self._api.delete_namespaced_pod(pod, self._namespace, grace_period_seconds=0)

    def evict(self, pod: str) -> None:
        """Evict a pod, as draining its node does."""
        eviction = client.V1Eviction(
            metadata=client.V1ObjectMeta(name=pod, namespace=self._namespace),
            delete_options=client.V1DeleteOptions(grace_period_seconds=1),
        )
        self._api.create_namespaced_pod_eviction(pod, self._namespace, eviction)

    def python(self, pod: str, code: str) -> str:
        """Run Python in a pod and return its output, or an empty string if the pod is not running."""
        try:
            return str(
                stream(
                    self._api.connect_get_namespaced_pod_exec,
                    pod,
                    self._namespace,
                    container="main",
                    command=["python", "-c", code],
                    stdout=True,
                    stderr=True,
                )
            )
        except client.ApiException:
            return ""

    def count(self, run_id: str) -> int:
        """Return how many pods of a run exist, including those of drivers."""
        return len(self._of_run(run_id))

    def _of_run(self, run_id: str) -> list[Any]:
        return list(
            self._api.list_namespaced_pod(self._namespace, label_selector=f"pipeline/runid={run_id}").items
        )
