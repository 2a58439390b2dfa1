"""Digits and marks of any script as those of ASCII: ``٣٬٤٩٧٫٥`` and ``３４９７．５`` are numbers too."""

import unicodedata

_SIGNS = {"−": "-", "－": "-", "＋": "+", "％": "%", "٪": "%", "，": ",", "．": "."}
# Marks of Arabic numbers, which mean only this.
_DECIMAL, _GROUPS = "٫", "٬"


def plain_digits(text: str, *, decimal: str = ".") -> str:
    """Return a text with its decimal digits, signs and marks in ASCII; superscripts and letters stay.

    Args:
        text: Any text.
        decimal: What the Arabic decimal mark becomes; its mark of groups becomes the other one.

    >>> plain_digits("٣٬٤٩٧٫٥"), plain_digits("３４９７．５"), plain_digits("5 m²")
    ('3,497.5', '3497.5', '5 m²')
    """
    if text.isascii():
        return text
    signs = {**_SIGNS, _DECIMAL: decimal, _GROUPS: "," if decimal == "." else "."}
    return "".join(signs.get(letter) or str(unicodedata.decimal(letter, letter)) for letter in text)
