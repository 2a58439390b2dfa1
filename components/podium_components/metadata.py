"""What an artifact says of itself."""

import math
from typing import Any


def tell(artifact: Any, facts: dict[str, Any]) -> None:
    """Add facts to an artifact's metadata, less the unknown: Kubeflow's launcher fails on ``null`` and ``NaN``.

    Args:
        artifact: An output artifact of a component.
        facts: JSON-able values by name; ``None`` for unknown.
    """
    known = {name: value for name, value in facts.items() if value is not None}
    artifact.metadata.update(
        {name: value for name, value in known.items() if not isinstance(value, float) or math.isfinite(value)}
    )
