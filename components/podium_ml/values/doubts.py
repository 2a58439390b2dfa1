"""What else the values of a column could mean, worded for the user with an example and the option that changes it."""

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from podium_ml.values.date_patterns import Order, PatternChoice, order_of
from podium_ml.values.dates import choose_patterns
from podium_ml.values.decimal_marks import MaybeMark
from podium_ml.values.numbers import NumberFormat, read_number
from podium_ml.values.versions import are_versions
from podium_ml.values.written_numbers import are_codes, parse_number

_ORDERS: dict[Order, str] = {"day_first": "the day first", "month_first": "the month first"}
_OTHER: dict[Order, Order] = {"day_first": "month_first", "month_first": "day_first"}
_MOST = 0.95
_SAMPLE = 5_000
# With more units, the words behind numbers are something else, such as streets.
_MOST_UNITS = 5


def date_doubt(choice: PatternChoice) -> str:
    """Return what else the dates of a column could mean; empty if there is no doubt."""
    order = next((one for pattern in choice.patterns if (one := order_of(pattern))), None)
    if not order:
        return ""
    if choice.contrary_example:
        return (
            f"'{choice.contrary_example}' was treated as missing, because most values have {_ORDERS[order]}."
            " Write all dates in one way."
        )
    if choice.open_example and not choice.is_decided:
        other = _OTHER[order]
        return (
            f"'{choice.open_example}' was read with {_ORDERS[order]}; no value tells the order."
            f" `--date-order {other}` reads {_ORDERS[other]}."
        )
    return ""


def unit_doubt(texts: Iterable[str], form: NumberFormat, *, name: str) -> str:
    """Return what else numbers with a unit could mean; empty if there is no doubt.

    Args:
        texts: Distinct texts of the column.
        form: How they are read.
        name: Name of the column.
    """
    if not form.unit:
        return ""
    plain = foreign = own = ""
    for text in sorted(texts)[:_SAMPLE]:
        written = parse_number(text, decimal=form.decimal)
        number = read_number(text, decimal=form.decimal, unit=form.unit)
        if written is None:
            continue
        if written.unit == form.unit:
            own = own or text
        elif written.unit and np.isnan(number):
            foreign = foreign or text
        elif not written.unit and number:
            plain = plain or text
    if foreign and own:
        return f"'{foreign}' was treated as missing, because most values are like '{own}'. Use one unit."
    if plain and own:
        return f"'{plain}' was read like '{own}'. `--types {name}=category` keeps both as they are written."
    return ""


def refusal(texts: Collection[str], *, name: str, mark: MaybeMark = "") -> str:
    """Return why texts that look like numbers or dates are read as neither; empty if they look like other texts.

    Args:
        texts: Distinct texts of a column of categories.
        name: Name of the column.
        mark: Decimal mark of the file; empty if unknown.
    """
    known = sorted({text.strip() for text in texts} - {""})[:_SAMPLE]
    if not known or np.mean([any(map(str.isdigit, text)) for text in known]) < _MOST:
        return ""
    numeric = f"`--types {name}=numeric` reads numbers."
    if are_versions(known):
        return f"Values such as 1.1 and 1.10 differ, so they were read as categories. {numeric}"
    if are_codes(known) and (example := next((one for one in known if "e" in one.casefold()), "")):
        return (
            f"'{example}' may be a code or a power of ten, so the values were read as categories. {numeric}"
        )
    values = pd.Series(known, dtype=object)
    form = NumberFormat.plan(values, mark=mark)
    if np.isfinite(form.read(values)).mean() >= _MOST and (pair := form.clash(known)):
        return (
            f"'{pair[0]}' and '{pair[1]}' may differ but would be like numbers, so the values were read as categories."
            f" {numeric}"
        )
    if pair := _different_units(known, form):
        return f"'{pair[0]}' and '{pair[1]}' have different units, so the values were read as categories. Use one unit."
    if found := choose_patterns(values).contradiction:
        return (
            f"'{found[0]}' and '{found[1]}' have day and month in different orders, so the values were not read as"
            " dates. Write all dates in one way."
        )
    return ""


def _different_units(texts: list[str], form: NumberFormat) -> tuple[str, ...]:
    """Return two numbers with different units, if all are numbers with one of a few units; else nothing."""
    written = {text: parse_number(text, decimal=form.decimal) for text in texts}
    units = {one.unit: text for text, one in written.items() if one is not None}
    numbers = sum(one is not None for one in written.values())
    if numbers < _MOST * len(texts) or not 2 <= len(units) <= _MOST_UNITS:
        return ()
    return tuple(sorted(units.values())[:2])
