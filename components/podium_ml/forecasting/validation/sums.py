"""Adds the sums of a hierarchy to the series."""

from dataclasses import replace

import numpy as np
import pandas as pd

from podium_ml.errors import DataError, SettingsError
from podium_ml.forecasting.hierarchy.rows import sums_of_history, sums_of_plan
from podium_ml.forecasting.hierarchy.tree import ALL, Tree, labels_of_sums
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.panel.panel import Panel
from podium_ml.forecasting.panel.series_ids import SeriesIds
from podium_ml.forecasting.validation.planned_rows import Planned
from podium_ml.settings import ForecastingProblem


def with_sums(panel: Panel, settings: ForecastingProblem) -> Panel:
    """Return the panel with a series for each sum of the hierarchy; they come after the others.

    Raises:
        DataError: A series has the name of the sums, or a column that is known in advance has no mean.
        SettingsError: There is nothing to add.
    """
    if not settings.hierarchy:
        return panel
    _check(panel, settings)
    labels = labels_of_sums(panel.ids.labels, settings.series_columns, settings.hierarchy_columns)
    if not labels:
        raise SettingsError("hierarchy: there is only one series, so there is nothing to add.")
    ids = SeriesIds(panel.ids.columns, (*panel.ids.labels, *labels))
    tree = Tree.of(ids.labels)
    rows = panel.table.assign(**{SERIES: panel.series, STEP: panel.steps})
    numbers = [settings.target, *settings.known_columns, *filter(None, [settings.weight_column])]
    added = sums_of_history(
        rows[[SERIES, STEP, *numbers]], tree, settings.target, going_on=np.array([], dtype=np.int64)
    )
    codes, steps = (added[name].to_numpy(dtype=np.int64) for name in (SERIES, STEP))
    texts = np.array(ids.labels, dtype=object)
    names = {name: texts[codes, at] for at, name in enumerate(ids.columns)}
    times = panel.table.groupby(panel.steps)[settings.time_column].first()
    added = added.drop(columns=[SERIES, STEP]).assign(
        **names, **{settings.time_column: times.loc[steps].to_numpy()}
    )
    table = pd.concat([_plain(panel.table, ids.columns), added], ignore_index=True)
    table[settings.time_column] = table[settings.time_column].astype(panel.table[settings.time_column].dtype)
    return replace(
        panel,
        table=table[list(panel.table.columns)],
        series=np.concatenate([panel.series, codes]),
        steps=np.concatenate([panel.steps, steps]),
        ids=ids,
    )


def with_planned_sums(plan: Planned) -> Planned:
    """Return a plan with rows for the sums, which have the means of the columns that are known in advance."""
    tree = Tree.of(plan.labels)
    if not tree or not len(plan.rows):
        return plan
    own = plan.rows[~tree.is_sum[plan.rows[SERIES].to_numpy(dtype=np.int64)]]
    rows = pd.concat([own, sums_of_plan(own, tree)], ignore_index=True)
    return replace(plan, rows=rows[list(plan.rows.columns)])


def _plain(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return rows whose columns of series can hold the name of sums."""
    return table.astype(dict.fromkeys(columns, object))


def _check(panel: Panel, settings: ForecastingProblem) -> None:
    if any(ALL in label for label in panel.ids.labels):
        raise DataError(f"A series is called '{ALL}', which is the name of sums.", "Give it another name.")
    for name in settings.known_columns:
        if not pd.api.types.is_numeric_dtype(panel.table[name].dtype):
            raise DataError(
                f"Known column '{name}' holds texts, which have no mean for the sums of a hierarchy.",
                "Leave it out, or turn it into numbers.",
            )
