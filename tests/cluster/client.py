"""A pod in which tests run commands and code."""

import json
import subprocess
import textwrap
from typing import Any

from podium.images import image_names

from .conftest import RUNS, Cluster
from .pods import container, volumes


class Client:
    """A pod with the same image as the pods of runs.

    Args:
        cluster: Cluster to start the pod in.
        name: Name of the pod.
        mounts: Volumes by path. ``/tmp`` is emptied before each command.
        limits: Resource limits of the container. There are none by default.
    """

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        mounts: dict[str, dict[str, Any]],
        *,
        limits: dict[str, str] | None = None,
    ) -> None:
        self.cluster, self.name = cluster, name
        made = pod(name, image_names()["python-cpu"], ["sleep", "infinity"], mounts)
        made["spec"]["containers"][0]["resources"]["limits"] = limits or {}
        start(cluster, made)

    def delete(self) -> None:
        self.cluster.kubectl("delete", "pod", self.name, "-n", RUNS, "--wait=false")

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.cluster.try_kubectl(*self._exec(command, variables), timeout=300)

    def python(self, code: str, *words: str, **variables: str) -> str:
        done = self.run("python", "-c", textwrap.dedent(code), *words, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def interrupted(self, code: str, *interruption: str) -> str:
        """Run code, call kubectl as soon as the code prints BEGIN, and return the whole output."""
        command = ["kubectl", *self._exec(("python", "-c", textwrap.dedent(code)), {})]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout is not None
            printed = []
            for line in process.stdout:
                printed.append(line)
                if line.startswith("BEGIN"):
                    self.cluster.kubectl(*interruption)
        assert process.returncode == 0, "".join(printed)
        return "".join(printed)

    def _exec(self, command: tuple[str, ...], variables: dict[str, str]) -> list[str]:
        given = [f"{name}={value}" for name, value in variables.items()]
        clean = ["sh", "-c", 'rm -rf /tmp/* /small/*; exec env "$@"', "sh"]
        return ["exec", "-n", RUNS, self.name, "--", *clean, *given, *command]


def pod(name: str, image: str, command: list[str], mounts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the manifest of a pod that has its name as a label."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": RUNS, "labels": {"app": name}},
        "spec": {
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 1,
            "securityContext": {"fsGroup": 0},
            "containers": [container("main", image, command, *mounts, memory="64Mi")],
            "volumes": volumes(mounts),
        },
    }


def start(cluster: Cluster, *objects: dict[str, Any]) -> None:
    cluster.kubectl(
        "apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    )
    names = [f"pod/{one['metadata']['name']}" for one in objects if one["kind"] == "Pod"]
    cluster.kubectl("wait", "-n", RUNS, "--for=condition=Ready", *names, "--timeout=90s")
