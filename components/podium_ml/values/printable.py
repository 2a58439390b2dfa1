"""Texts of others on a terminal, which would obey the control characters in them. Imports the standard library only."""

import re

# Control characters except line breaks and tabs, and those that change the direction of the text around them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""Return a text with its control characters spelled out, so that a terminal shows them instead of obeying.

    >>> printable("red: \x1b[31m"), printable("two\nlines")
    ('red: \\x1b[31m', 'two\nlines')
    """
    return _CONTROLS.sub(_spelled, text.replace("\r\n", "\n"))


def _spelled(match: "re.Match[str]") -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
