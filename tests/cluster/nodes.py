"""Why no node of the cluster takes pods."""

import json
import shutil
import subprocess


def why_closed() -> str:
    """Return the description of the nodes if none takes pods, for example because its disk is full; else nothing."""
    if not shutil.which("kubectl"):
        return ""
    nodes = _kubectl("get", "nodes", "--output=json")
    if not nodes or any(_is_open(node["spec"]) for node in json.loads(nodes)["items"]):
        return ""
    return f"No node takes pods; see its conditions and taints.\n{_kubectl('describe', 'nodes')}"


def _is_open(spec: dict[str, object]) -> bool:
    taints = spec.get("taints", [])
    assert isinstance(taints, list)
    return all(one["effect"] == "PreferNoSchedule" for one in taints)


def _kubectl(*words: str) -> str:
    done = subprocess.run(["kubectl", *words], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout
