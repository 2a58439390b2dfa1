"""Telling versions, such as 1.1 and 1.10, from numbers with decimals."""

import re
from collections import Counter
from collections.abc import Collection

_VERSION = re.compile(r"\d{1,3}(\.\d{1,2})?")
# The second part counts up from 0 or 1, so it has no leading zero.
_PADDED = re.compile(r".*\.0\d")
MOST_VERSIONS = 200


def are_versions(texts: Collection[str]) -> bool:
    """Whether texts that look like numbers are versions: ``1.1`` and ``1.10`` both occur, and mean different things.

    Args:
        texts: Distinct texts without surrounding blanks.

    >>> are_versions(["1.1", "1.2", "1.10"]), are_versions(["0.05", "0.5", "0.50"]), are_versions(["1", "1.0"])
    (True, False, False)
    """
    if len(texts) > MOST_VERSIONS or any(
        not _VERSION.fullmatch(text) or _PADDED.match(text) for text in texts
    ):
        return False
    spellings = Counter(float(text) for text in texts if not float(text).is_integer())
    return max(spellings.values(), default=0) > 1
