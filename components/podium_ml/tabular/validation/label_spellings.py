"""Labels that are written in several ways: ``yes``, ``Yes `` and ``YES``, or ``Y`` beside ``1``."""

import unicodedata
from dataclasses import dataclass, field
from typing import Any, Self

import pandas as pd

from podium_ml.values.plain_text import plain_text

# Characters without a width, which spreadsheets and web pages leave in cells.
_INVISIBLE = "Cf"
_TRUTHS = (("yes", "y", "true", "t", "1", "on"), ("no", "n", "false", "f", "0", "off"))


@dataclass(frozen=True)
class LabelSpellings:
    """The labels of a target, with all their spellings.

    Attributes:
        labels: For each label, the number of rows by spelling, the most frequent one first.
        synonyms: For yes and no in several ways, the words and the label that each of them means.
    """

    labels: dict[str, dict[str, int]] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, target: pd.Series) -> Self:
        """Count the spellings; they differ in case, blanks, or the form of a character, or are words for yes and no.

        Args:
            target: Labels or lists of labels, of any type; missing values do not count.
        """
        counts = target.explode().dropna().astype(object).map(str).value_counts()
        synonyms = _synonyms({_folded(label) for label in counts.index})
        found: dict[str, dict[str, int]] = {}
        for label, count in counts.items():
            folded = _folded(label)
            found.setdefault(synonyms.get(folded, folded), {})[str(label)] = int(count)
        return cls(found, synonyms)

    @property
    def groups(self) -> list[dict[str, int]]:
        """The spellings of the labels that have several."""
        return [group for group in self.labels.values() if len(group) > 1]

    def unite(self, target: pd.Series) -> pd.Series:
        """Return labels in the most frequent spelling of each, without blanks around it."""
        chosen = {folded: next(iter(group)).strip() for folded, group in self.labels.items()}

        def united(value: Any) -> Any:
            if isinstance(value, list):
                return list(dict.fromkeys(map(united, value)))
            return chosen.get(self._key(value), value) if isinstance(value, str) else value

        return target.map(united)

    def knows(self, label: Any) -> bool:
        """Whether a label occurs in some spelling."""
        return self._key(label) in self.labels

    def _key(self, label: Any) -> str:
        folded = _folded(label)
        return self.synonyms.get(folded, folded)

    def describe(self, *, most: int) -> str:
        """Return the spellings with their numbers of rows, for the user; the first few groups alone."""
        shown = "; ".join(_described(group) for group in self.groups[:most])
        more = len(self.groups) - most
        return f"{shown}; and {more} more" if more > 0 else shown


def _synonyms(labels: set[str]) -> dict[str, str]:
    """Return the words for yes and no with the first of each, if all labels are such and some say the same."""
    meanings = {word: words[0] for words in _TRUTHS for word in words}
    used = {meanings.get(label) for label in labels}
    return meanings if None not in used and len(used) == len(_TRUTHS) < len(labels) else {}


def _described(group: dict[str, int]) -> str:
    return ", ".join(f"'{label}' ({count})" for label, count in group.items())


def _folded(label: Any) -> str:
    r"""Return the same text for all spellings of a label.

    >>> _folded(" Not\u00a0 SURE\u200b"), _folded("Größe") == _folded("gro\u0308sse")
    ('not sure', True)
    """
    text = unicodedata.normalize("NFKC", plain_text(label) or "")
    visible = "".join(one for one in text if unicodedata.category(one) != _INVISIBLE)
    return " ".join(unicodedata.normalize("NFKC", visible.casefold()).split())
