"""Names of columns and models, as they are written and compared."""

import re
import unicodedata


def composed(name: str) -> str:
    """Return a name in Unicode's composed form (NFC).

    macOS and some keyboards write an umlaut as a letter and a mark, which looks the same and is another text.

    >>> len("gro\u0308\u00dfe"), len(composed("gro\u0308\u00dfe"))
    (6, 5)
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def registered_name(project: str) -> str:
    """Return the name of a project's model, which the registry accepts: no slashes, colons or control characters.

    >>> registered_name("sales: north/south")
    'sales- north-south'
    """
    return re.sub(r"[/:\x00-\x1f]", "-", project).strip()[:200] or "podium"
