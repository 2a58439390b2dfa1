"""Argo's record of a run. It also knows pods that were deleted, and reading it needs no access to Kubernetes."""

import base64
import gzip
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from podium.servers.pod_states import PodState, Status, exit_text, part_of, place_of

_STATUS: dict[str, Status] = {
    "Pending": "waiting",
    "Running": "running",
    "Succeeded": "succeeded",
    "Failed": "failed",
    "Error": "failed",
}
# How Argo describes a container that ended, such as "main: OOMKilled (exit code 137)".
_EXIT = re.compile(r"(?:[\w-]+: )?(\w+) \(exit code (\d+)\)(?:: (.*))?$", re.DOTALL)
_DELETED = "pod deleted"


def argo_states(workflow: Mapping[str, Any]) -> list[PodState]:
    """Return the state of each pod of a workflow.

    Args:
        workflow: Argo's object, as Kubernetes and Kubeflow Pipelines show it.
    """
    nodes = _nodes(workflow.get("status") or {})
    return [_state(node) for node in nodes.values() if node.get("type") == "Pod" and node["phase"] in _STATUS]


def root_of(workflow: Mapping[str, Any], run_id: str) -> str:
    """Return the place that a run writes to, from the address of any of its outputs; empty if it has none yet.

    Args:
        workflow: Argo's object.
        run_id: The run.
    """
    nodes = json.dumps(_nodes(workflow.get("status") or {}))
    found = re.search(rf'(\w+://[^"\\\s]+)/[\w.-]+/{re.escape(run_id)}/', nodes)
    return found[1] if found else ""


def _nodes(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the nodes, which Argo compresses if there are many."""
    if packed := status.get("compressedNodes"):
        return json.loads(gzip.decompress(base64.b64decode(packed)))
    return status.get("nodes") or {}


def _state(node: Mapping[str, Any]) -> PodState:
    inputs = (node.get("inputs") or {}).get("parameters") or ()
    arguments = next((str(one.get("value")) for one in inputs if one["name"] == "pod-spec-patch"), "")
    part, is_driver = part_of(node["name"], arguments)
    message, kind = _describe(str(node.get("message") or ""))
    return PodState(
        node["id"],
        place_of(node["name"]),
        part,
        is_driver,
        _STATUS[node["phase"]],
        message,
        kind,
        began=_time(node.get("startedAt")),
        ended=_time(node.get("finishedAt")),
    )


def _describe(message: str) -> tuple[str, str]:
    if found := _EXIT.match(message):
        return exit_text(int(found[2]), found[1], found[3] or "")
    if message == _DELETED:
        return "its pod was deleted", "killed"
    return message, "bug"


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "1970-01-01T00:00:00Z").astimezone(UTC)
