"""Whether training fits into memory; if not, models learn from as many rows as do."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.run.concurrency import memory_share
from podium_ml.run.containers import container_limit
from podium_ml.tabular.validation.context import Context
from podium_ml.values.row_roles import read_groups, read_times
from podium_ml.values.samples import sample_positions

# Memory for the features and the encodings of one algorithm, as a multiple of the table. Measured on 3.4 million rows
# of 30 columns (.92 GiB): 4.6 GiB for LightGBM and XGBoost, 4.7 for CatBoost, 5.8 for scikit-learn's histograms, 6.6
# for logistic regression.
_FACTOR = 7
_LIBRARIES = 400 * 2**20
# A limit that leaves room for fewer rows is too low, whatever is left out.
_FEWEST_ROWS = 10_000
# All rows of a class with fewer than so many are kept.
_FEW_OF_CLASS = 100


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare a forecast with the memory of one algorithm; leave out rows of numbers and categories that do not fit."""
    rows, most = len(context.table), _limit(context)
    sizes = context.table.memory_usage(deep=True, index=False)
    size = int(sizes.sum())
    needed = _LIBRARIES + _FACTOR * size
    seen = (
        f"Training may need about {needed / 2**30:.2g} GiB for each algorithm; "
        f"{most / 2**30:.2g} GiB are available for each."
    )
    if needed <= most:
        return guardrail.passed(seen)
    fitting = int(rows * max(0, most - _LIBRARIES) / (_FACTOR * size))
    media = [column.name for column in context.features if column.role in ("image", "text")]
    if fitting < _FEWEST_ROWS or sizes[media].sum() > size / 2:
        return guardrail.alert(
            seen, "Branches that need too much will be stopped and marked as failed; the run continues."
        )
    kept, chosen = _chosen(context, fitting)
    context.table = context.table.iloc[kept].reset_index(drop=True)
    return guardrail.fixed(
        seen, f"Models learn from {len(kept):,} of {rows:,} rows, {chosen}; with more memory, more fit."
    )


def _limit(context: Context) -> int:
    """Return the bytes that one algorithm may use: its share on a machine, else the limit of a pod."""
    return memory_share() or context.settings.max_memory_bytes or _available()


def _chosen(context: Context, most: int) -> tuple[np.ndarray, str]:
    """Return the positions of at most about so many rows, in order, and how they were chosen."""
    table, settings = context.table, context.settings
    if settings.time_column:
        times = read_times(table[settings.time_column])
        return np.sort(np.argsort(times, kind="stable")[-most:]), "the newest ones"
    random = np.random.default_rng(settings.seed)
    if settings.group_column:
        groups = read_groups(table[settings.group_column])
        order = random.permutation(groups.max() + 1)
        rows_so_far = np.bincount(groups)[order].cumsum()
        return np.flatnonzero(np.isin(groups, order[rows_so_far <= most])), "whole groups, chosen at random"
    kept = sample_positions(len(table), most, seed=settings.seed)
    strata = context.strata()
    if strata is None:
        return kept, "chosen at random"
    rare = np.flatnonzero(np.bincount(strata)[strata] < _FEW_OF_CLASS)
    return np.union1d(kept, rare), "chosen at random"


def _available() -> int:
    """Return the free memory of the machine, or the container's limit if that is lower, in bytes."""
    import psutil

    free = int(psutil.virtual_memory().available)
    return min(free, container_limit() or free)


SPEC = Guardrail("memory_forecast", "Memory", "split", 0, check)
