"""What weights say of themselves."""

import re
from pathlib import Path

UNKNOWN = "not stated"
_LINE = re.compile(r"^license:\s*[\"']?([\w.+ -]+)", re.MULTILINE | re.IGNORECASE)


def licence_of(folder: Path) -> str:
    """Return the licence of weights: what their README's header says, or the first line of their licence."""
    for path in sorted(folder.rglob("README.md")):
        if match := _LINE.search(_beginning(path)):
            return match[1].strip()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stem.lower() in ("license", "licence", "copying"):
            lines = [line.strip() for line in _beginning(path).splitlines() if line.strip()]
            return lines[0][:80] if lines else UNKNOWN
    return UNKNOWN


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(4_000).decode("utf-8", errors="replace")
