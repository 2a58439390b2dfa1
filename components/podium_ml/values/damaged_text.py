"""Traces of a wrong encoding in texts."""

import re

# UTF-8 that was read as Latin-1 or Windows-1252, and the replacement character.
_DAMAGED = re.compile("\ufffd|[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac[\u0080-\u02dc\u201c-\u2122]")


def damage_in(text: str) -> str:
    """Return characters of a text that were damaged when it was written in the wrong encoding; empty for none.

    >>> damage_in("cafÃ©"), damage_in("café")
    ('Ã©', '')
    """
    found = _DAMAGED.search(text)
    return found.group() if found else ""
