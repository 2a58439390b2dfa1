"""Remove files that no pod needs from an environment: ``remove_unneeded.py LIST ENVIRONMENT``.

The list has one pattern per line, relative to the environment. A line that starts with ``!`` keeps files that the lines
above it would remove.
"""

import shutil
import sys
from pathlib import Path


def main(patterns: Path, environment: Path) -> None:
    """Remove the files that the patterns match, and print their size."""
    removed = 0
    for path in sorted(unneeded(patterns, environment)):
        if path.exists():
            removed += size(path)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    print(f"removed {removed / 1e6:,.0f} MB that no pod needs")


def unneeded(patterns: Path, environment: Path) -> set[Path]:
    """Return the files and folders that the patterns match."""
    found: set[Path] = set()
    for line in patterns.read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            found -= set(environment.glob(line[1:]))
        elif line and not line.startswith("#"):
            found |= set(environment.glob(line))
    return found


def size(path: Path) -> int:
    """Return the size of a file, or of all files in a folder, in bytes."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
