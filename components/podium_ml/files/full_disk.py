"""Recognizing a full disk. Imports the standard library only."""

import errno

MESSAGE = "No space is left on the disk."
HINT = "Free some space, or choose another folder for the run (--out)."
# No space left, quota exceeded, and file too large.
_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error: BaseException) -> bool:
    """Whether an error means that a disk is full; libraries do not always keep the error number.

    >>> is_full(OSError(errno.ENOSPC, "No space left on device")), is_full(OSError(errno.EACCES, "Denied"))
    (True, False)
    """
    return isinstance(error, OSError) and (error.errno in _ERRORS or says_full(str(error)))


def says_full(text: str) -> bool:
    """Whether the text of an error says that a disk is full."""
    return "No space left on device" in text or "File too large" in text
