"""Grids of pictures."""

from dataclasses import dataclass
from typing import Any

from podium_ml.reporting.run_facts import RunFacts

_START = "data:image/png;base64,"


@dataclass(frozen=True)
class PictureGroup:
    """Pictures under one title.

    Attributes:
        title: The title.
        pictures: Each has ``src``, ``note`` and ``wrong``.
    """

    title: str
    pictures: tuple[dict[str, Any], ...]


def picture_groups(facts: RunFacts) -> tuple[PictureGroup, ...]:
    """Return the pictures of the evaluation and of the explanation; empty unless rows have pictures."""
    groups = [(one["title"], one["pictures"]) for one in facts.evaluation.charts.get("pictures", ())]
    if facts.explanation is not None and facts.explanation.pictures:
        groups.append(
            (
                "What speaks for the prediction (red: it changes when this is covered)",
                facts.explanation.pictures,
            )
        )
    found = (
        (title, tuple(one for one in pictures if one["src"].startswith(_START))) for title, pictures in groups
    )
    return tuple(PictureGroup(title, pictures) for title, pictures in found if pictures)
