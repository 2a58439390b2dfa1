"""What tells that a run would only do again what made the champion. Imports the standard library only."""

import hashlib
import json
from typing import Any

# Settings that say where the data lie (their content is compared instead), and who is told.
_WITHOUT_EFFECT = ("source", "test", "name", "skip_unchanged", "notify")


def hash_settings(settings: dict[str, Any]) -> str:
    """Return a hash of the settings that what a run does depends on.

    Args:
        settings: Fields of ``Settings``, less those at their defaults: a release that knows more settings then tells
            the same hash.

    >>> hash_settings({"target": "churn", "notify": ""}) == hash_settings({"notify": "always", "target": "churn"})
    True
    """
    kept = {name: value for name, value in settings.items() if name not in _WITHOUT_EFFECT}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
