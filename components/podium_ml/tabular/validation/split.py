"""Sets the test rows aside and plans the folds for the other rows."""

import math
import warnings
from typing import Any

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold, train_test_split

from podium_ml.contracts.problem import FoldStrategy
from podium_ml.errors import DataError, SettingsError
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.picture_copies import with_pictures
from podium_ml.tabular.validation.text_copies import with_texts
from podium_ml.values.hashes import combine_hashes, copy_codes
from podium_ml.values.row_roles import last_times, read_groups, read_times

# Number of folds for fewer than this many training rows, in all and for each second of the run. Larger tables get a
# single holdout: on many rows it scores well enough, and in a short run more models are worth more than more folds.
_FOLDS = ((1_000, math.inf, 10), (20_000, 60, 5), (100_000, 400, 3))
# Shorter runs get the folds of a run of so many seconds.
_SHORTEST = 30
# With many classes, rows count more, because fits take longer: boosted trees by this power of the number of classes.
_CLASSES_POWER = 0.65
# A row with a picture counts as so many, because models of pictures take that much longer.
_PICTURE = 4
# Below this number of training rows, the folds are repeated.
_FEW_ROWS = 500
_MOST_ORDERED_FOLDS = 5
HOLDOUT_FRACTION = 0.1
# A class with fewer distinct rows is used for training only.
_FEWEST_TO_TEST = 2
# One group for the test and two for the folds.
_FEWEST_GROUPS = 3
# If fewer validation rows of the rarest class are to be expected, folds replace the holdout, which could not score it.
_FEWEST_TO_VALIDATE = {"binary": 10, "multiclass": 1}
_FEWEST_FOLDS = 3
# Number of random splits of groups to choose from, so that each class is on both sides if possible.
_DRAWS = 20
# If a larger share of the latest groups' rows is older than the newest training row, the groups have no order in time.
_MOST_OVERLAP = 0.5
# Neighbours in time are alike, so a number of rows says little about how certain a score is.
_LATEST_FRACTION = 0.2


def set_test_aside(context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the training rows and of the test rows, each in order.

    The test rows are the latest rows in time, whole groups, the latest groups, or a random sample, which is stratified
    for classes and holds at least one row of each class with two rows. In a random split, copies of a row stay on one
    side, because the test would otherwise reward memorization.

    Raises:
        DataError: There are too few distinct rows.
        SettingsError: There are too few groups, or groups and times, but no groups that are later than others.
    """
    settings, rows = context.settings, len(context.table)
    everything = np.arange(rows)
    if settings.test_share(auto=1.0) == 0 or context.test is not None:
        return everything, everything[:0]
    if settings.time_column:
        times = read_times(context.table[settings.time_column])
        if settings.group_column:
            return _latest_groups(times, context)
        return _latest(times, settings.test_share(auto=_LATEST_FRACTION))
    if settings.group_column:
        groups = read_groups(context.table[settings.group_column])
        return _whole_groups(groups, context)
    return _random(context)


def auto_test_fraction(count: int) -> float:
    """Return the fraction of rows, or of groups, to set aside for the test if the user does not say.

    It is a fifth until that is 300, then 300 until a tenth is more, and then a tenth, but at most 10,000. The fewer
    rows are set aside, the better is the model, but a tenth of a small table has intervals that cover too little
    (measured on 31 public tables, ``tests/benchmark/README.md``).

    Args:
        count: Number of rows or groups.

    >>> [round(count * auto_test_fraction(count)) for count in (300, 2_000, 20_000, 1_000_000)]
    [60, 300, 2000, 10000]
    """
    return min(max(min(0.2 * count, 300), 0.1 * count), 10_000) / count


def plan_repeats(context: Context, strategy: FoldStrategy, *, rows: int) -> int:
    """Return how often to repeat the folds with other splits: twice for few rows, where one split may decide by chance.

    Args:
        context: The data; pictures take too long for more folds.
        strategy: How rows are split.
        rows: Number of training rows.
    """
    few = rows < _FEW_ROWS and not any(column.role == "image" for column in context.features)
    return 2 if few and strategy in ("stratified", "shuffled", "grouped") else 1


def plan_folds(context: Context, *, rows: int) -> tuple[FoldStrategy, int]:
    """Return the fold strategy and the number of folds for this number of training rows."""
    settings = context.settings
    asked = 0 if settings.folds == "auto" else int(settings.folds)
    effort, seconds = _effort(context, rows), max(_SHORTEST, context.seconds)
    allowed = (folds for most, each, folds in _FOLDS if effort < min(most, each * seconds))
    count = asked or next(allowed, 1)
    if count == 1 and not _holdout_scores(context):
        count = _FEWEST_FOLDS
    if settings.time_column:
        count = count if asked else min(count, _MOST_ORDERED_FOLDS)
        return "ordered", max(2, min(count, rows - 1))
    if settings.group_column:
        groups = context.table[settings.group_column].nunique(dropna=False)
        return ("holdout", 1) if count == 1 else ("grouped", int(max(2, min(count, groups))))
    if count == 1:
        return "holdout", 1
    strata = context.strata()
    if strata is None:
        return "shuffled", max(2, min(count, rows))
    return "stratified", int(max(2, min(count, np.unique(strata, return_counts=True)[1].max())))


def _holdout_scores(context: Context) -> bool:
    """Whether a holdout is expected to have rows of every class."""
    fewest = _FEWEST_TO_VALIDATE.get(context.task, 0)
    return not fewest or bool(context.classes.min() * HOLDOUT_FRACTION >= fewest)


def _effort(context: Context, rows: int) -> float:
    """Return the number of rows of two classes, or of values, whose fits take as long."""
    if any(column.role == "image" for column in context.features):
        rows *= _PICTURE
    if context.task != "multiclass":
        return rows
    return rows * (len(context.classes) / 2) ** _CLASSES_POWER


def _copies(context: Context) -> np.ndarray:
    """Return codes that are the same for copies of a row, shape ``(n,)``."""
    rows = len(context.table)
    codes = np.arange(rows)
    if context.copies_together:
        codes = copy_codes(combine_hashes((context.hashes(one.name) for one in context.features), rows=rows))
    codes = with_texts(codes, context.table, context.features)
    return with_pictures(codes, [context.table[one.name] for one in context.features if one.role == "image"])


def _latest(times: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Set the latest rows aside. Rows with equal times stay together, unless no training rows would remain."""
    order = np.argsort(times, kind="stable")
    cut = len(times) - max(1, round(len(times) * fraction))
    moment = times[order[cut]]
    late = times >= moment
    if late.mean() > min(0.5, 2 * fraction):
        late = times > moment
    if not late.any():
        late = np.isin(np.arange(len(times)), order[cut:])
    return np.flatnonzero(~late), np.flatnonzero(late)


def _latest_groups(times: np.ndarray, context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Set the groups aside that end last."""
    settings = context.settings
    groups = read_groups(context.table[settings.group_column])
    _check_groups(groups, context)
    ends = last_times(times, groups)
    train, test = _latest(ends, settings.test_share(auto=_LATEST_FRACTION))
    advice = (
        "Give the time column alone to test on later rows, or the group column alone to test on other groups."
    )
    if len(np.intersect1d(ends[train], ends[test])):
        raise SettingsError(
            f"Most groups of '{settings.group_column}' end at the same '{settings.time_column}', so there are no later"
            " groups to test on.",
            advice,
        )
    older = (times[test] < times[train].max()).mean()
    if older > _MOST_OVERLAP:
        raise SettingsError(
            f"The groups of '{settings.group_column}' lie side by side in '{settings.time_column}': {older:.0%} of the"
            " rows of the latest groups are older than the newest row of the others.",
            advice,
        )
    return train, test


def _whole_groups(groups: np.ndarray, context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Set whole groups aside: of several random splits one with the most classes on both sides and the wanted size."""
    settings, everything, labels = context.settings, np.arange(len(groups)), context.strata()
    _check_groups(groups, context)
    count = int(groups.max()) + 1
    fraction = settings.test_share(auto=auto_test_fraction(count))
    parts = round(1 / fraction)
    splitter: Any
    if labels is not None and parts >= 2 and count >= 2 * parts:
        splitter = StratifiedGroupKFold(parts, shuffle=True, random_state=settings.seed)
    else:
        size = min(math.ceil(count * fraction), count - (_FEWEST_GROUPS - 1))
        splitter = GroupShuffleSplit(_DRAWS, test_size=size, random_state=settings.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # A guardrail reports rare classes.
        sides = list(splitter.split(everything, labels, groups))

    def quality(side: tuple[np.ndarray, np.ndarray]) -> tuple[int, float]:
        shared = 0 if labels is None else len(np.intersect1d(*(labels[rows] for rows in side)))
        return shared, -abs(len(side[1]) - fraction * len(groups))

    train, test = max(sides, key=quality)
    return np.sort(train), np.sort(test)


def _check_groups(groups: np.ndarray, context: Context) -> None:
    count = len(np.unique(groups))
    if count < _FEWEST_GROUPS:
        raise SettingsError(
            f"Group column '{context.settings.group_column}' has only {count} groups: one would be the test, and the"
            " folds need two more.",
            "Provide rows of more groups, give separate test data, or set test_fraction to 0.",
        )


def _random(context: Context) -> tuple[np.ndarray, np.ndarray]:
    settings = context.settings
    group = _copies(context)
    _, first = np.unique(group, return_index=True)
    labels, codes = None, context.strata()
    if codes is not None:
        first = first[(np.bincount(codes) >= _FEWEST_TO_TEST)[codes[first]]]
        labels = codes[first]
    if len(first) < 2:
        raise DataError(
            "There are too few distinct rows to set some aside for the test.",
            "Add rows, or set test_fraction to 0.",
        )
    fraction = settings.test_share(auto=auto_test_fraction(len(first)))
    chosen = _split_off(first, labels, fraction=fraction, seed=settings.seed)
    if labels is not None:
        chosen = _with_each_class(chosen, first, labels, seed=settings.seed)
    in_test = np.isin(group, group[chosen])
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)


def _split_off(rows: np.ndarray, labels: np.ndarray | None, *, fraction: float, seed: int) -> np.ndarray:
    try:
        return train_test_split(rows, test_size=fraction, random_state=seed, stratify=labels)[1]
    except ValueError:  # A class has too few rows for both sides.
        return train_test_split(rows, test_size=fraction, random_state=seed)[1]


def _with_each_class(chosen: np.ndarray, rows: np.ndarray, labels: np.ndarray, *, seed: int) -> np.ndarray:
    """Return the chosen rows, and one row of each class that has none among them."""
    order = np.random.default_rng(seed).permutation(len(rows))
    absent = order[~np.isin(labels[order], labels[np.isin(rows, chosen)])]
    _, first = np.unique(labels[absent], return_index=True)
    return np.concatenate([chosen, rows[absent[first]]])
