"""Names of features: unique, short, and safe for every library."""

import re

LONGEST = 60
_UNSAFE = re.compile(r"[^\w]+|_+")


class FeatureNames:
    """Generates names made of letters, digits and single underscores.

    LightGBM and XGBoost reject or rewrite brackets, quotes, commas and spaces, so names contain none. Nor do they
    contain two underscores in a row, which encoders put between a feature and their own suffix.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, column: str, suffix: str = "") -> str:
        """Return an unused name for a feature of a column.

        >>> names = FeatureNames()
        >>> names.take("Größe [cm]"), names.take("Größe (cm)"), names.take("born", "year"), names.take("🙂")
        ('Größe_cm', 'Größe_cm_2', 'born_year', 'column')
        """
        base, added = _clean(column) or "column", _clean(suffix)
        wanted = f"{base}_{added}" if added else base
        name, count = wanted, 1
        while name.casefold() in self._taken:
            count += 1
            name = f"{wanted}_{count}"
        self._taken.add(name.casefold())
        return name


def _clean(text: str) -> str:
    return _UNSAFE.sub("_", text[: 2 * LONGEST]).strip("_")[:LONGEST].strip("_")
