"""Tables with a column for each series, or for each time, which must be turned first."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from podium_ml.forecasting.panel.labels import find_form
from podium_ml.settings import ForecastingProblem
from podium_ml.settings import split_names as split
from podium_ml.values.date_patterns import find_patterns, read_pattern

# So many names of columns that are times make a wide table.
_FEWEST_TIMES = 3


def wide_table_advice(columns: Sequence[str], settings: ForecastingProblem) -> str:
    """Return how to turn a wide table into a long one; empty if it is none.

    Args:
        columns: The columns of the data.
        settings: What the user asked for.
    """
    targets = [name for name in split(settings.target) if name in columns]
    if settings.target not in columns and len(targets) > 1:
        return _advice("The table has a column for each series", [settings.time_column], "series", targets[0])
    times = _times(columns)
    if len(times) >= _FEWEST_TIMES and settings.time_column not in columns:
        others = [name for name in columns if name not in times]
        return _advice(
            "The table has a column for each time", others, settings.time_column or "time", times[0]
        )
    return ""


def _advice(what: str, kept: Sequence[str], name: str, example: str) -> str:
    series = "series" if name == "series" else ",".join(kept)
    time = kept[0] if name == "series" and kept else name
    ids = ", ".join(f"'{one}'" for one in kept)
    return (
        f"{what}, such as '{example}'; bring it into long form, with one row for each series and time. In pandas: "
        f"table.melt(id_vars=[{ids}], var_name='{name}', value_name='value'). Then give --time-column {time} "
        f"--series-column {series} --target value."
    )


def _times(columns: Sequence[str]) -> list[str]:
    """Return the names of columns that are times, if they are most of them."""
    names = [str(name) for name in columns]
    likely = [name for name in names if any(char.isdigit() for char in name)]
    if len(likely) < max(_FEWEST_TIMES, len(names) / 2):
        return []
    if all(name.isdigit() and 1500 <= int(name) <= 2200 for name in likely):
        return likely
    if form := find_form(likely):
        return [name for name in likely if not np.isnat(form.start(name))]
    texts = pd.Series(likely, dtype="string")
    for pattern in find_patterns(likely).patterns:
        read = ~np.isnat(read_pattern(texts, pattern))
        if read.mean() > 0.9:
            return [name for name, is_time in zip(likely, read, strict=True) if is_time]
    return []
