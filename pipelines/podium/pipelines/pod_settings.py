"""What the one who compiles a pipeline decides about its pods. No form can change it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from podium_ml.errors import SettingsError

# The most memory that a stage may use. What it needs depends on the data.
STAGE_MEMORY = "16Gi"
_MEMORY = re.compile(r"[1-9]\d*(Mi|Gi|Ti|M|G|T)")
_KEYS = ("accelerators", "accelerator", "node_selector", "tolerations")
_EXAMPLE = '{"accelerators": 1, "node_selector": {"pool": "gpu"}, "tolerations": []}'


@dataclass(frozen=True)
class PodSettings:
    """Images, nodes and limits of the pods.

    Attributes:
        images: Full names of the container images, by short name; empty for the defaults.
        placement: Accelerators and nodes of the branches that run faster on an accelerator; empty for none.
        stage_memory: The most memory that the pod of a stage may use; branches have what the plan says.
    """

    images: Mapping[str, str] = field(default_factory=dict)
    placement: Mapping[str, Any] = field(default_factory=dict)
    stage_memory: str = STAGE_MEMORY


def check_memory(text: str) -> str:
    """Return an amount of memory, such as ``16Gi``, or the default of a stage if it is empty.

    Raises:
        SettingsError: It is something else.
    """
    if text and not _MEMORY.fullmatch(text):
        raise SettingsError(
            f"'{text}' is no amount of memory.", "Write a number with Mi, Gi, M or G, such as 16Gi."
        )
    return text or STAGE_MEMORY


def read_placement(path: str | Path) -> dict[str, Any]:
    """Read a JSON file that says which accelerators and nodes branches get.

    Args:
        path: File such as ``{"accelerators": 1, "node_selector": {"pool": "gpu"}, "tolerations": []}``.

    Raises:
        SettingsError: The file cannot be read, or holds something else.
    """
    try:
        placement = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        placement = None
    if not isinstance(placement, dict) or not set(placement) <= set(_KEYS) or not _is_valid(placement):
        raise SettingsError(f"{path} holds no placement.", f"Write JSON such as {_EXAMPLE}.")
    return placement


def _is_valid(placement: Mapping[str, Any]) -> bool:
    selector, tolerations = placement.get("node_selector", {}), placement.get("tolerations", [])
    return (
        isinstance(placement.get("accelerators", 0), int)
        and isinstance(placement.get("accelerator", ""), str)
        and isinstance(selector, dict)
        and all(isinstance(value, str) for value in selector.values())
        and isinstance(tolerations, list)
        and all(isinstance(one, dict) for one in tolerations)
    )
