"""What stands after times and is no part of them: remarks, ends of periods, and words with which all times end."""

import re
from collections.abc import Sequence

# The end of a period, as in ``2024-01-01/2024-01-07`` and ``1.1.2024 - 7.1.2024``.
_UNTIL = r"\s+(?:-|–|—|to|until|through|bis|au|al)\s+\S.*|/\d{4}-\d{2}-\d{2}.*"
_REMARK = re.compile(rf"(?:\s*\([^()]*\)|\s*\[[^\[\]]*\]|\s*[*†‡]+|{_UNTIL})$")
_ENDING = re.compile(r"(?<=\d)\D+$")


def common_ending(texts: Sequence[str]) -> str:
    """Return what all times have after their last digit; empty if they differ.

    >>> common_ending(["2024-03-10 01:00 Europe/Berlin", "2024-03-10 02:00 Europe/Berlin"])
    ' Europe/Berlin'
    """
    endings = {found[0] if (found := _ENDING.search(text)) else "" for text in texts}
    return endings.pop() if len(endings) == 1 else ""


def without_remark(text: str, ending: str = "") -> str:
    """Return a time without the common ending, a remark in brackets or as a mark, and the end of its period.

    >>> without_remark("2024-03 (estimated)"), without_remark("2023*"), without_remark("14:00 Uhr", " Uhr")
    ('2024-03', '2023', '14:00')
    >>> without_remark("2024-01-01/2024-01-07"), without_remark("1.1.2024 - 7.1.2024")
    ('2024-01-01', '1.1.2024')
    """
    return _REMARK.sub("", text.strip().removesuffix(ending.strip()).strip())
