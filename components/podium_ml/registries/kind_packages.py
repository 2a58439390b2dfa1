"""Finding the kinds of problems by name, so that no shared package imports one."""

import os
import pkgutil
from pathlib import Path

KINDS_VARIABLE = "PODIUM_KINDS"


def kind_packages() -> list[str]:
    """Return the packages that declare a kind: the library's packages with a ``kind.py``, and the user's own."""
    root = Path(__file__).parents[1]
    own = [
        f"podium_ml.{one.name}"
        for one in pkgutil.iter_modules([str(root)])
        if (root / one.name / "kind.py").exists()
    ]
    return own + [name for name in os.environ.get(KINDS_VARIABLE, "").split(os.pathsep) if name]
