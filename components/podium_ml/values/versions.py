"""Telling versions, such as 1.1 and 1.10, from numbers with decimals."""

import re
from collections import defaultdict
from collections.abc import Iterable

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,2})")
# The second part counts up from 0 or 1, so it has no leading zero and is small.
_HIGHEST = 40


def are_versions(texts: Iterable[str]) -> bool:
    """Whether texts that look like numbers are versions: ``1.1`` and ``1.10`` both occur, and mean different things.

    Args:
        texts: Distinct texts without surrounding blanks.

    >>> are_versions(["1.1", "1.2", "1.10"]), are_versions(["0.5", "0.50", "0.75"])
    (True, False)
    """
    spellings: dict[float, set[str]] = defaultdict(set)
    for text in texts:
        match = _VERSION.fullmatch(text)
        if match is None:
            if not text.isdecimal():
                return False
            continue
        minor = match[2]
        if (minor.startswith("0") and minor != "0") or int(minor) > _HIGHEST:
            return False
        if minor != "0":
            spellings[float(text)].add(text)
    return any(len(found) > 1 for found in spellings.values())
