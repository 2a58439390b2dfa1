"""Pods of the tests: as strict as Pod Security ``restricted`` and a read-only root file system ask for."""

from typing import Any

STRICT = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    # Any user of group 0, as OpenShift chooses them.
    "runAsUser": 12345,
    "runAsGroup": 0,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def container(
    name: str, image: str, command: list[str], *paths: str, memory: str = "256Mi"
) -> dict[str, Any]:
    """Describe a container that is told where the servers are, as those of runs are.

    Args:
        name: Its name in the pod.
        image: Its image.
        command: Its command.
        paths: Where volumes are mounted; ``volumes`` names them alike.
        memory: Memory that it asks for.
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
    """Describe the volumes of a pod, each by the path where its containers mount it."""
    return [{"name": _volume(path), **source} for path, source in mounts.items()]


def _volume(path: str) -> str:
    """Return the name of the volume at a path; the last part alone, for names are short."""
    return path.rpartition("/")[2]
