"""What the one who compiles a pipeline decides about its pods. No form can change it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from podium_ml.errors import SettingsError

_KEYS = ("accelerators", "accelerator", "node_selector", "tolerations")
_EXAMPLE = '{"accelerators": 1, "node_selector": {"pool": "gpu"}, "tolerations": []}'


@dataclass(frozen=True)
class PodSettings:
    """Images and nodes of the pods.

    Attributes:
        images: Full names of the container images, by short name; empty for the defaults.
        placement: Accelerators and nodes of the branches that run faster on an accelerator; empty for none.
    """

    images: Mapping[str, str] = field(default_factory=dict)
    placement: Mapping[str, Any] = field(default_factory=dict)


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
