"""KFP's local runner with pods instead of Docker containers: ``python -m tests.cluster.pod_runner < GIVEN``.

Tasks run with their compiled image and command, and with minimal permissions. Two more containers in each pod replace
the launcher of Kubeflow Pipelines: ``fetch`` downloads the input artifacts from the object store before the task,
and ``store`` uploads its outputs afterwards. For each successful task, standard output has a line ``RAN NAME`` among
the output of KFP.
"""

import json
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from kfp import components, local
from kfp.local import docker_task_handler, status

from podium_ml.object_store import Bucket, ObjectStore

from .pods import container, volumes

FETCH = """
import pathlib, sys
from podium_ml.object_store import Bucket, ObjectStore
name, root, *folders = sys.argv[1:]
bucket = Bucket(ObjectStore.from_environment("s3"), name)
for folder in folders:
    for found in bucket.listing(folder):
        path = pathlib.Path(root, found.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        bucket.download(found, path)
"""
STORE = """
import pathlib, sys
from podium_ml.object_store import Bucket, ObjectStore
name, root, folder = sys.argv[1:]
bucket = Bucket(ObjectStore.from_environment("s3"), name)
for path in pathlib.Path(root, folder).rglob("*"):
    if path.is_file():
        bucket.upload(path, str(path.relative_to(root)))
"""


class PodTaskHandler:
    """Run one task as a pod, with the interface of the handlers in ``kfp.local``."""

    bucket = namespace = ""

    def __init__(
        self,
        *,
        image: str,
        full_command: list[str],
        pipeline_root: str,
        runner: Any,
        env_vars: dict[str, str],
    ) -> None:
        self.image, self.command, self.root, self.variables = image, full_command, pipeline_root, env_vars
        self.function = full_command[full_command.index("--function_to_execute") + 1]
        self.task, self.name = self.function.replace("_", "-"), f"task-{uuid.uuid4().hex[:12]}"

    def run(self) -> status.Status:
        kubectl("apply", "-f", "-", stdin=json.dumps(self._pod()))
        try:
            phase = self._wait()
            if phase != "Succeeded":
                print(self._describe(), file=sys.stderr)
                return status.Status.FAILURE
            self._fetch_parameters()
        finally:
            kubectl("delete", "pod", self.name, "--wait=false")
        print("RAN", self.function, flush=True)
        return status.Status.SUCCESS

    def _fetch_parameters(self) -> None:
        """Download the output parameters for KFP. Artifacts stay in the object store."""
        outputs = self._executor_input()["outputs"]
        files = [one["outputFile"] for one in outputs.get("parameters", {}).values()]
        folder = self._relative(str(Path(outputs["outputFile"]).parent))
        wanted = {self._relative(one) for one in [*files, outputs["outputFile"]]}
        bucket = Bucket(ObjectStore.from_environment("s3"), self.bucket)
        for found in bucket.listing(f"{folder}/"):
            if found.key in wanted:
                path = Path(self.root, found.key)
                path.parent.mkdir(parents=True, exist_ok=True)
                bucket.download(found, path)

    def _executor_input(self) -> dict[str, Any]:
        return dict(json.loads(self.command[self.command.index("--executor_input") + 1]))

    def _relative(self, path: str) -> str:
        return str(Path(path).relative_to(self.root))

    def _pod(self) -> dict[str, Any]:
        given = self._executor_input()
        lists = given.get("inputs", {}).get("artifacts", {}).values()
        inputs = [self._relative(one["uri"]) for some in lists for one in some["artifacts"]]
        output = self._relative(str(Path(given["outputs"]["outputFile"]).parent))
        prologue = ["python", "-c", FETCH, self.bucket, self.root, *inputs]
        epilogue = ["python", "-c", STORE, self.bucket, self.root, output]
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "labels": {"podium.run/task": self.task},
            },
            "spec": {
                "serviceAccountName": "podium-runner",
                "restartPolicy": "Never",
                "initContainers": [
                    self._container("fetch", prologue),
                    self._container("task", self.command),
                ],
                "containers": [self._container("store", epilogue)],
                "volumes": volumes({self.root: {"emptyDir": {}}, "/tmp": {"emptyDir": {}}}),
            },
        }

    def _container(self, name: str, command: list[str]) -> dict[str, Any]:
        one = container(name, self.image, command, self.root, "/tmp")
        # By this name, which Kubeflow gives its pods, the library knows that it is in one.
        variables = {**self.variables, "KFP_POD_NAME": self.name}
        one["env"] = [{"name": key, "value": value} for key, value in variables.items()]
        one["resources"]["limits"] = {"memory": "2Gi"}
        return one

    def _wait(self, *, seconds: float = 300.0) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            phase = kubectl("get", "pod", self.name, "-o", "jsonpath={.status.phase}")
            if phase in ("Succeeded", "Failed"):
                return phase
            time.sleep(0.5)
        return "late"

    def _describe(self) -> str:
        logs = [
            kubectl("logs", self.name, "-c", one, "--tail=60", check=False)
            for one in ("fetch", "task", "store")
        ]
        return "\n".join([kubectl("describe", "pod", self.name), *logs])


def kubectl(*words: str, stdin: str | None = None, check: bool = True) -> str:
    """Run kubectl in the namespace of the pods, and return its output."""
    command = ["kubectl", "-n", PodTaskHandler.namespace, *words]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def main() -> None:
    """Run the package that standard input specifies."""
    given = json.load(sys.stdin)
    PodTaskHandler.bucket, PodTaskHandler.namespace = given["bucket"], given["namespace"]
    docker_task_handler.DockerTaskHandler = PodTaskHandler
    local.init(runner=local.DockerRunner(), pipeline_root=given["root"], enable_caching=False)
    components.load_component_from_file(given["package"])(**given["parameters"])


if __name__ == "__main__":
    main()
