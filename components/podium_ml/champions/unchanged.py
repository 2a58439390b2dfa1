"""Detects a run that would only reproduce the champion. Imports the standard library only."""

import hashlib
import json
from typing import Any

# Settings that do not change the result: where the data is (its content is compared instead), and whom to notify.
_WITHOUT_EFFECT = ("source", "test", "name", "skip_unchanged", "notify")


def hash_settings(settings: dict[str, Any]) -> str:
    """Return a hash of the settings that determine the result of a run.

    Args:
        settings: Fields of ``Settings`` that differ from their defaults, so that a release with more settings computes
            the same hash.

    >>> hash_settings({"target": "churn", "notify": ""}) == hash_settings({"notify": "always", "target": "churn"})
    True
    """
    kept = {name: value for name, value in settings.items() if name not in _WITHOUT_EFFECT}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
