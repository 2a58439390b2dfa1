"""A finished chart and its legend."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend.

    Attributes:
        label: What the colour stands for.
        colour: CSS colour.
        note: A related number, e.g. the area under its curve.
        dashed: Whether its line is dashed.
    """

    label: str
    colour: str
    note: str = ""
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """A drawn chart.

    Attributes:
        title: Heading.
        how: One sentence on how to read it.
        svg: The drawing.
        legend: What its colours stand for; empty if there is only one.
        wide: Whether it takes the full width.
    """

    title: str
    how: str
    svg: Markup
    legend: tuple[LegendEntry, ...] = ()
    wide: bool = False
