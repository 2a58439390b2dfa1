"""Metadata of artifacts."""

import math
from typing import Any

from podium_ml.values.masking import masked_all


def annotate(artifact: Any, facts: dict[str, Any]) -> None:
    """Add facts to the metadata of an artifact.

    Secrets are masked, because everybody who sees the run sees its metadata.
    Unknown and non-finite values are left out, because Kubeflow's launcher fails on ``null`` and ``NaN``.

    Args:
        artifact: An output artifact of a component.
        facts: JSON-able values by name; ``None`` for unknown.
    """
    known = {name: masked_all(value) for name, value in facts.items() if value is not None}
    artifact.metadata.update(
        {name: value for name, value in known.items() if not isinstance(value, float) or math.isfinite(value)}
    )
