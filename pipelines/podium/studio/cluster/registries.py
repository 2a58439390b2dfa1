"""The registries of models of the namespaces, as the owner of the cluster names them.

A folder, which is a Secret in the pod, holds a file for each namespace, with lines like ``MLFLOW_TRACKING_URI=https://...``.
Commands of a namespace get the variables of its own file, so none can move the champion of another team.
"""

from pathlib import Path

FOLDER_VARIABLE = "PODIUM_STUDIO_REGISTRIES"
_KNOWN = (
    "MLFLOW_TRACKING_URI",
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
)


def registry_of(folder: Path | None, namespace: str) -> dict[str, str]:
    """Return the variables that open the registry of a namespace; empty if none is named.

    Args:
        folder: Folder of the files; ``None`` for none.
        namespace: A name of a namespace, which has no slashes.
    """
    file = folder / namespace if folder is not None else None
    if file is None or not file.is_file():
        return {}
    lines = (line.partition("=") for line in file.read_text(encoding="utf-8").splitlines())
    found = {name.strip(): value.strip() for name, _, value in lines if name.strip() in _KNOWN}
    return found if "MLFLOW_TRACKING_URI" in found else {}
