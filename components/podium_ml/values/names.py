"""Names of columns, as they are written and compared."""

import unicodedata


def composed(name: str) -> str:
    """Return a name in Unicode's composed form (NFC).

    macOS and some keyboards write an umlaut as a letter and a mark, which looks the same and is another text.

    >>> len("gro\u0308\u00dfe"), len(composed("gro\u0308\u00dfe"))
    (6, 5)
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name)
