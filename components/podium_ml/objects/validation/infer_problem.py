"""Infers a problem of objects from annotated pictures."""

from itertools import combinations

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, ColumnProfile, ObjectTask, Problem, Profile
from podium_ml.errors import DataError, SettingsError
from podium_ml.kinds import InferredProblem
from podium_ml.media.packing import facts_of
from podium_ml.metrics import resolve_metric
from podium_ml.objects.encoding import objects_of
from podium_ml.objects.guardrails import run_guardrails
from podium_ml.objects.readers.annotations import FILE, PICTURE
from podium_ml.objects.validation.context import Context
from podium_ml.objects.validation.pictures import Pictures, groups_of, read_pictures, to_rows
from podium_ml.settings import ObjectsProblem

_FEWEST = 8
# Shares of the test and numbers of folds, by the number of pictures.
_SHARES = ((1_000, 0.2), (10_000, 0.1))
_SMALLEST_SHARE = 0.05
_FOLDS, _MOST_FOLDED = 3, 2_000
_HOLDOUT = 0.15
# Cells of the grid, by the longest side of a usual picture; small and crowded objects need finer ones.
_GRIDS = ((96, 16), (200, 32), (100_000, 48))
_FINER = {16: 24, 32: 48, 48: 64, 64: 64}
_SMALL_CELLS, _MOST_CLASHES, _MOST_OBJECTS = 1.5, 0.02, 300
GROUP = "podium group"


def infer_problem(
    table: pd.DataFrame, settings: ObjectsProblem, *, test: pd.DataFrame | None = None, fingerprint: str = ""
) -> InferredProblem:
    """Read the objects, check them, and set pictures aside; see ``Kind.infer_problem``.

    Raises:
        DataError: There are too few pictures, or no objects.
        SettingsError: A setting does not fit the data.
    """
    read = read_pictures(table, settings.target)
    masks = settings.wants_masks
    if masks and not any(one.polygons or one.runs for row in read.table[settings.target] for one in row):
        raise SettingsError(
            "task: segmentation needs masks, but all objects have boxes alone.", "Use detection."
        )
    rows = to_rows(read, settings.target, masks=masks)
    if len(rows) < _FEWEST:
        raise DataError(
            f"Only {len(rows)} pictures are labelled; at least {_FEWEST} are needed.", "Label more."
        )
    groups = groups_of(rows)
    left_out = 0
    if test is None:
        aside = _aside(groups, settings)
        train, tested = rows[~aside].reset_index(drop=True), rows[aside].reset_index(drop=True)
        groups = groups[~aside]
    else:
        train, tested, groups, left_out = _given(rows, test, read, settings)
    grid = _grid(train, settings.target)
    problem = _problem(read, train, tested, grid, settings, fingerprint, masks=masks)
    context = Context(read, train, tested, groups, settings.target, grid, masks, left_out)
    results = run_guardrails(context)
    train = train.assign(**{GROUP: np.unique(groups, return_inverse=True)[1]})
    tested = tested.assign(**{GROUP: np.arange(len(tested)) + len(train)})
    return InferredProblem(problem, train, tested, _profile(train, read, problem), results)


def _aside(groups: np.ndarray, settings: ObjectsProblem) -> np.ndarray:
    """Return which pictures are set aside for the test; those that are nearly the same stay together."""
    rows = len(groups)
    share = settings.test_share(auto=next((one for most, one in _SHARES if rows <= most), _SMALLEST_SHARE))
    order = np.random.default_rng(settings.seed).permutation(np.unique(groups))
    sizes = np.bincount(groups)[order].cumsum()
    taken = order[: int(np.searchsorted(sizes, share * rows, side="right"))]
    return np.isin(groups, taken)


def _given(
    rows: pd.DataFrame, test: pd.DataFrame, read: Pictures, settings: ObjectsProblem
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, int]:
    """Return training rows that are nearly the same as no test row, the user's test rows, and the groups."""
    other = read_pictures(test, settings.target)
    strangers = sorted(set(other.names) - set(read.names))
    if strangers:
        raise SettingsError(f"test: the classes {', '.join(strangers[:5])} are not in the training data.")
    other.names = read.names
    tested = to_rows(other, settings.target, masks=settings.wants_masks)
    groups = groups_of(pd.concat([rows, tested], ignore_index=True))
    known = np.isin(groups[: len(rows)], groups[len(rows) :])
    if known.mean() > 0.5:
        known[:] = False
    return rows[~known].reset_index(drop=True), tested, groups[: len(rows)][~known], int(known.sum())


def _grid(train: pd.DataFrame, target: str) -> int:
    """Return the cells along a side: by the size of pictures, finer if objects are small or share cells."""
    facts = [facts_of(one) for one in train[PICTURE]]
    longest = float(np.median([max(one.width, one.height) for one in facts if one]))
    grid = next(cells for most, cells in _GRIDS if longest <= most)
    boxes = [[one["b"] for one in objects_of(cell)] for cell in train[target]]
    for _ in range(3):
        sides = [min(box[2], box[3]) * grid for row in boxes for box in row]
        centres = [
            [(int((b[0] + b[2] / 2) * grid), int((b[1] + b[3] / 2) * grid)) for b in row] for row in boxes
        ]
        clashes = sum(a == b for row in centres for a, b in combinations(row[:50], 2))
        count = sum(map(len, boxes)) or 1
        if np.median(sides or [grid]) >= _SMALL_CELLS and clashes <= _MOST_CLASHES * count:
            break
        grid = _FINER.get(grid, 64)
    return grid


def _problem(
    read: Pictures,
    train: pd.DataFrame,
    test: pd.DataFrame,
    grid: int,
    settings: ObjectsProblem,
    fingerprint: str,
    *,
    masks: bool,
) -> Problem:
    counts = [len(objects_of(cell)) for rows in (train, test) for cell in rows[settings.target]]
    task = "segmentation" if masks else "detection"
    asked = 0 if settings.folds == "auto" else int(settings.folds)
    folded = bool(asked) or len(train) <= _MOST_FOLDED
    return Problem(
        name=settings.name or settings.target,
        task=task,
        target=settings.target,
        metric=resolve_metric(settings.metric, task).name,
        columns=(
            Column(PICTURE, "image", "image", "The picture."),
            Column(settings.target, "target", "string", "The objects.", required=False),
            Column(
                FILE,
                "dropped",
                "string",
                "Names of the files of the pictures.",
                required=False,
                is_feature=False,
            ),
            Column(
                GROUP,
                "group",
                "int64",
                "Pictures that are nearly the same.",
                required=False,
                is_feature=False,
            ),
        ),
        classes=read.names,
        group_column=GROUP,
        fold_strategy="shuffled" if folded else "holdout",
        n_folds=max(2, min(asked or _FOLDS, len(train))) if folded else 1,
        holdout_fraction=_HOLDOUT,
        n_train=len(train),
        n_test=len(test),
        seed=settings.seed,
        fingerprint=fingerprint,
        kind="objects",
        target_type="found_objects",
        objects=ObjectTask(masks, grid, int(np.clip(max(counts, default=1), 1, _MOST_OBJECTS)), read.ids),
    )


def _profile(train: pd.DataFrame, read: Pictures, problem: Problem) -> Profile:
    codes = [one["c"] for cell in train[problem.target] for one in objects_of(cell)]
    found, counts = np.unique(codes, return_counts=True)
    order = np.argsort(-counts)[:10]
    columns = (
        ColumnProfile(PICTURE, "image", 0.0, int(train[PICTURE].nunique())),
        ColumnProfile(
            problem.target,
            "target",
            0.0,
            len(read.names),
            top=tuple(read.names[found[at]] for at in order),
            counts=tuple(int(counts[at]) for at in order),
        ),
        ColumnProfile(FILE, "dropped", 0.0, int(train[FILE].nunique())),
        ColumnProfile(GROUP, "group", 0.0, int(train[GROUP].nunique())),
    )
    return Profile(len(train), columns, int(train.memory_usage(deep=True).sum()))
