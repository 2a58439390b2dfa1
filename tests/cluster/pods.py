"""Pods for tests, with a read-only root file system and Pod Security ``restricted``."""

from typing import Any

STRICT = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    # An arbitrary user in group 0, as on OpenShift.
    "runAsUser": 12345,
    "runAsGroup": 0,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def container(
    name: str, image: str, command: list[str], *paths: str, memory: str = "256Mi"
) -> dict[str, Any]:
    """Return a container with the addresses of the servers, as in the pods of runs.

    Args:
        name: Name of the container.
        image: Image of the container.
        command: Command of the container.
        paths: Mount paths of volumes, which ``volumes`` declares under the same names.
        memory: Memory request.
    """
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": command,
        "envFrom": [
            {"configMapRef": {"name": "podium-servers"}},
            {"secretRef": {"name": "podium-credentials"}},
        ],
        "resources": {"requests": {"cpu": "10m", "memory": memory}},
        "securityContext": STRICT,
        "volumeMounts": [{"name": _volume(path), "mountPath": path} for path in paths],
    }


def volumes(mounts: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the volumes of a pod, given by their mount paths."""
    return [{"name": _volume(path), **source} for path, source in mounts.items()]


def _volume(path: str) -> str:
    """Return the name of the volume at a path, which is the last part of the path."""
    return path.rpartition("/")[2]
