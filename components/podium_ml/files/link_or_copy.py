"""Sharing a file between two places without storing it twice, if the file system can."""

import os
import shutil
from pathlib import Path


def link_or_copy(source: str | Path, target: str | Path) -> None:
    """Link a file to a second place, or copy it if it cannot be linked; a linked file must not be changed in place.

    Args:
        source: File to link or copy.
        target: Second place of the file; a file there is replaced.
    """
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
