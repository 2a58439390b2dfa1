"""How the values of one column are read."""

from dataclasses import dataclass, fields
from typing import Any, Literal, Self

Mark = Literal[".", ","]
# Stands for the type of a column of pictures, which no table format has.
IMAGE = "image"


@dataclass(frozen=True)
class Reading:
    """How the values of one column are read: decided once on all labelled rows, and kept in the model.

    Values with a type of their own, such as numbers in Parquet, are taken as they are; only texts are read. Fields that
    do not apply to a column keep their defaults.

    Attributes:
        type: Arrow type of the column after ingestion, as text, or ``image``; empty in files of earlier versions.
        decimal: Decimal mark of numbers in text, the other mark groups thousands; empty if no value of the file has a
            mark, and the point is meant.
        pattern: Pattern of dates in text, as for ``DateFormat``.
        order: ``day_first`` or ``month_first`` if the user, other columns or the file tell the order of dates like
            ``01/02/2024``; else empty.
        unit: Unit of numbers, or of dates that are written as numbers.
        zone: Time zone of dates.
        positive: Spelling of yes if it is not a well-known one.
        negative: Spelling of no if it is not a well-known one.
        missing: Texts that stand for missing values in any column, chosen by the user. If there are any, the usual ones
            (``NA``, ``None``, ...) count among numbers and dates only.
        kept: Texts that usually stand for missing values, but are values of this column.
        category: Whether the data themselves say that the values are categories, whatever they look like.
        doubt: What else the values could mean, worded for the user; empty if there is no doubt.
    """

    type: str = ""
    decimal: Mark | Literal[""] = ""
    pattern: str = ""
    order: str = ""
    unit: str = ""
    zone: str = ""
    positive: str = ""
    negative: str = ""
    missing: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    category: bool = False
    doubt: str = ""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """Return a reading from its stored form; fields that this version does not know are left out."""
        known: dict[str, Any] = {
            field.name: stored[field.name] for field in fields(cls) if field.name in stored
        }
        known = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
        return cls(**known)
