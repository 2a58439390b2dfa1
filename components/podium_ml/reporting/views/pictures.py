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
        pictures: Each has ``src``, ``note`` and ``wrong``, and ``wide`` if it is a strip of several.
        note: What the reader sees, if the title does not say it.
    """

    title: str
    pictures: tuple[dict[str, Any], ...]
    note: str = ""


def picture_groups(facts: RunFacts) -> tuple[PictureGroup, ...]:
    """Return the pictures of the evaluation and of the explanation; empty unless rows have pictures."""
    groups = [
        (one["title"], one["pictures"], one.get("note", ""))
        for one in facts.evaluation.charts.get("pictures", ())
    ]
    if facts.explanation is not None and facts.explanation.pictures:
        groups.append(
            (
                "What speaks for the prediction (red: it changes when this is covered)",
                facts.explanation.pictures,
                "",
            )
        )
    found = (
        PictureGroup(title, tuple(one for one in pictures if one["src"].startswith(_START)), note)
        for title, pictures, note in groups
    )
    return tuple(one for one in found if one.pictures)
