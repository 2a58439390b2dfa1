"""What a user is told about rows that are no data."""

from collections.abc import Iterator, Mapping, Sequence

from podium_ml.readers._cells import Row, show
from podium_ml.readers._rows import LeftOut

_SHOWN = 3
_KEEP = "--extra-rows keep keeps such rows"


def tell_header(label: str, where: str, above: Sequence[Row], units: Sequence[Row]) -> Iterator[str]:
    """Yield what was found around the column names.

    Args:
        label: Name of the file or sheet.
        where: Where the column names are, e.g. ``"line 3"``.
        above: Rows above the column names.
        units: Rows of units and descriptions below them.
    """
    if above:
        yield (
            f"{label}: the column names are in {where}; what is above it is no data ({_quoted(above)}). --header-row "
            "says where other names are."
        )
    if units:
        rows = "the row" if len(units) == 1 else f"the {len(units)} rows"
        yield f"{label}: left out {rows} of units or descriptions below the column names ({_quoted(units)}). {_KEEP}."


def tell_left_out(label: str, left_out: LeftOut) -> Iterator[str]:
    """Yield what was left out while the rows were read."""
    if left_out.repeats:
        rows = _count(left_out.repeats, "row")
        yield f"{label}: left out {rows} with the column names once more. {_KEEP}."
    if left_out.comments:
        yield f"{label}: left out {_count(left_out.comments, 'comment')} between the rows."
    if left_out.footer:
        rows = "the last row" if len(left_out.footer) == 1 else f"the last {len(left_out.footer)} rows"
        yield f"{label}: left out {rows}, totals or notes below the table ({_quoted(left_out.footer)}). {_KEEP}."
    if left_out.doubtful:
        yield f"{label}: kept the last row, which looks like a total ({_quoted([left_out.doubtful])}). Is it data?"


def _quoted(rows: Sequence[Row]) -> str:
    shown = "; ".join(f"'{show(row)}'" for row in rows[:_SHOWN])
    return shown + (f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def tell_unstored(label: str, counts: Mapping[str, int]) -> Iterator[str]:
    """Yield which columns have formulas without a stored result.

    Args:
        label: Name of the sheet.
        counts: Number of such formulas by column.
    """
    for name, count in counts.items():
        formulas = "1 formula has" if count == 1 else f"{count} formulas have"
        yield (
            f"{label}, column '{name}': {formulas} no stored result, so the values are missing. Open the workbook in "
            "Excel or LibreOffice and save it there."
        )
