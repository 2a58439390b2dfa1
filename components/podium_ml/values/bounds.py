"""Bounds on what one source may take, so that a small file cannot fill the memory or the disk."""

import os
import shutil
from pathlib import Path

from podium_ml.errors import DataError
from podium_ml.values.quantities import parse_size

MOST_VARIABLE = "PODIUM_MAX_DATA"
_MOST = "100G"
# Real tables rarely shrink to a hundredth; files that are made to do harm shrink to a thousandth or less.
_MOST_UNPACKED_SHARE, _ALWAYS_UNPACKED = 250, 1 << 30
_MOST_COLUMNS = 100_000
# What a source leaves free on a disk.
_SPARE_SHARE = 0.02


class Allowance:
    """Counts the bytes of one source and stops it at the bounds.

    Args:
        label: Name of the source in messages.
        packed: Size of the compressed file, if the bytes are decompressed; 0 if not.
        folder: Folder to which the bytes are written; ``None`` if they are not.
        most: Most bytes that it may have; by default those of one file.
    """

    def __init__(
        self, label: str, *, packed: int = 0, folder: Path | None = None, most: int | None = None
    ) -> None:
        self._label, self._packed = label, packed
        self._most = most_bytes() if most is None else most
        self._free = _free(folder) if folder else None
        self._total = 0

    def take(self, count: int) -> None:
        """Count more bytes.

        Raises:
            DataError: They are more than the source may take.
        """
        self._total += count
        if self._total > self._most:
            raise too_large(self._label, self._most)
        if self._free is not None and self._total > self._free:
            raise DataError(
                f"{self._label} does not fit on the disk.", "Free some space, or use a smaller file."
            )
        if self._packed and self._total > max(_ALWAYS_UNPACKED, _MOST_UNPACKED_SHARE * self._packed):
            raise unpacks_too_far(self._label)


def most_bytes() -> int:
    """Return the most bytes that are read from one file."""
    return parse_size(os.environ.get(MOST_VARIABLE) or _MOST)


def check_unpacked(label: str, size: int, packed: int) -> None:
    """Check the size that a compressed file says it has.

    Raises:
        DataError: It is too large, or far larger than the file.
    """
    Allowance(label, packed=packed).take(size)


def check_columns(count: int, *, label: str) -> None:
    """Check the number of columns.

    Raises:
        DataError: There are too many.
    """
    if count > _MOST_COLUMNS:
        raise DataError(
            f"{label} has more than {_MOST_COLUMNS:,} columns.",
            "Check that it is a table, and leave columns out.",
        )


def too_large(label: str, most: int) -> DataError:
    """Return the error for a source that has more bytes than the most that are read."""
    return DataError(
        f"{label} is larger than {most / 2**30:,.3g} GiB, the most that is read from one file.",
        f"Use fewer rows, or set {MOST_VARIABLE}, such as {MOST_VARIABLE}=200G.",
    )


def unpacks_too_far(label: str) -> DataError:
    """Return the error for a compressed file that holds far more than tables do."""
    return DataError(
        f"{label} unpacks to more than {_MOST_UNPACKED_SHARE} times its size, as files do that are made to do harm.",
        "If you trust it, unpack it yourself and use the file inside.",
    )


def _free(folder: Path) -> int:
    usage = shutil.disk_usage(folder)
    return max(0, usage.free - int(_SPARE_SHARE * usage.total))
