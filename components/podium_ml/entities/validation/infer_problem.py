"""Infers a problem of entities from texts with spans."""

from dataclasses import replace

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, ColumnProfile, Problem, Profile, TextTask
from podium_ml.entities.guardrails import run_guardrails
from podium_ml.entities.validation.checks import check_columns
from podium_ml.entities.validation.context import Context
from podium_ml.entities.validation.texts import TEXT, UNIT, Cut, Texts, choose_level, cut_texts, read_texts
from podium_ml.errors import DataError, SettingsError
from podium_ml.kinds import InferredProblem
from podium_ml.metrics import resolve_metric
from podium_ml.settings import EntitiesProblem
from podium_ml.values.near_copies import near_copy_codes

_TASK = "entities"
_FEWEST_TEXTS = 8
# Shares of the test and numbers of folds, by the number of texts.
_SHARES = ((1_000, 0.2), (10_000, 0.15))
_SMALLEST_SHARE = 0.1
_FOLDS = ((5_000, 5), (50_000, 3))


def infer_problem(
    table: pd.DataFrame, settings: EntitiesProblem, *, test: pd.DataFrame | None = None, fingerprint: str = ""
) -> InferredProblem:
    """Read the texts, check them, and set some aside; see ``Kind.infer_problem``.

    Raises:
        DataError: There are too few texts, or no spans.
        SettingsError: A setting does not fit the data.
    """
    check_columns(list(map(str, table.columns)), settings)
    texts = read_texts(table, settings.target)
    _check(texts)
    if test is None:
        train, aside = _split(texts, settings)
        straddling = 0
    else:
        check_columns(list(map(str, test.columns)), settings)
        train, aside, straddling = _given(texts, read_texts(test, settings.target))
    if not train.types:
        raise DataError("No training text has a span.", "Add texts with spans.")
    level = choose_level(texts)
    cuts = [cut_texts(one, level, target=settings.target) for one in (train, aside)]
    problem = _problem(train, cuts, level, settings, fingerprint)
    context = Context(train, aside, cuts[0], level, settings, test is not None, straddling)
    counted = replace(train, unlabelled=texts.unlabelled, empty=texts.empty, overlapping=texts.overlapping)
    results = run_guardrails(replace(context, train=counted))
    profile = _profile(cuts[0], train, problem)
    return InferredProblem(problem, cuts[0].table, cuts[1].table, profile, results)


def _check(texts: Texts) -> None:
    if len(texts.texts) < _FEWEST_TEXTS:
        raise DataError(
            f"Only {len(texts.texts)} texts have been looked at for spans; at least {_FEWEST_TEXTS} are needed.",
            "Label more texts; an empty list of spans says that a text has none.",
        )
    if not texts.types:
        raise DataError("No text has a span.", "Add texts with spans.")
    if len(np.unique(texts.units)) < 2:
        raise DataError(
            f"All {len(texts.texts)} texts are copies of one, or nearly so, so that no model can be tested.",
            "Add other texts.",
        )


def _split(texts: Texts, settings: EntitiesProblem) -> tuple[Texts, Texts]:
    """Set whole units aside, so that nearly equal texts and documents are on one side."""
    rows = len(texts.texts)
    share = settings.test_share(auto=next((one for most, one in _SHARES if rows <= most), _SMALLEST_SHARE))
    units = np.unique(texts.units)
    if share == 0 or len(units) < 2:
        return texts, texts.of_rows([])
    order = np.random.default_rng(settings.seed).permutation(units)
    sizes = pd.Series(texts.units).value_counts().reindex(order).cumsum().to_numpy()
    taken = order[: max(1, int(np.searchsorted(sizes, share * rows, side="right")))]
    aside = np.isin(texts.units, taken)
    if aside.all() or not any(own for own, out in zip(texts.spans, aside, strict=True) if not out):
        return texts, texts.of_rows([])
    return texts.of_rows(np.flatnonzero(~aside).tolist()), texts.of_rows(np.flatnonzero(aside).tolist())


def _given(train: Texts, test: Texts) -> tuple[Texts, Texts, int]:
    """Return training texts that are nearly equal to no test text, the test texts, and how many were left out."""
    if not test.texts:
        raise SettingsError("test: no test text has been looked at for spans.")
    codes = near_copy_codes((*train.texts, *test.texts))
    known = np.isin(codes[: len(train.texts)], codes[len(train.texts) :])
    if known.mean() > 0.5:  # the same texts on purpose, or of one pattern
        return train, test, int(known.sum())
    return train.of_rows(np.flatnonzero(~known).tolist()), test, int(known.sum())


def _problem(
    train: Texts, cuts: list[Cut], level: str, settings: EntitiesProblem, fingerprint: str
) -> Problem:
    rows, units = len(cuts[0].table), int(cuts[0].table[UNIT].nunique())
    folds = (
        next((one for most, one in _FOLDS if rows <= most), 2)
        if settings.folds == "auto"
        else int(settings.folds)
    )
    return Problem(
        name=settings.name or settings.target,
        task=_TASK,
        target=settings.target,
        metric=resolve_metric(settings.metric, _TASK).name,
        columns=(
            Column(TEXT, "text", "string", "the text"),
            Column(settings.target, "target", "string", "the spans", required=False),
            Column(UNIT, "group", "int64", "texts that belong together", required=False, is_feature=False),
        ),
        classes=tuple(sorted(train.types)),
        group_column=UNIT,
        fold_strategy="shuffled",
        n_folds=max(2, min(folds, units)),
        n_train=rows,
        n_test=len(cuts[1].table),
        seed=settings.seed,
        fingerprint=fingerprint,
        kind="entities",
        target_type="spans",
        texts=TextTask(level, max(one.longest for one in cuts)),
    )


def _profile(cut: Cut, train: Texts, problem: Problem) -> Profile:
    lengths = cut.table[TEXT].str.len().to_numpy(dtype=np.float64)
    counts, edges = np.histogram(lengths, bins=20)
    types = train.types.most_common(10)
    columns = (
        ColumnProfile(
            TEXT,
            "text",
            0.0,
            int(cut.table[TEXT].nunique()),
            examples=tuple(text[:200] for text in cut.table[TEXT].head(5)),
            mean=float(lengths.mean()),
            edges=tuple(map(float, edges)),
            counts=tuple(map(int, counts)),
        ),
        ColumnProfile(
            problem.target,
            "target",
            0.0,
            len(train.types),
            top=tuple(name for name, _ in types),
            counts=tuple(count for _, count in types),
        ),
        ColumnProfile(UNIT, "group", 0.0, int(cut.table[UNIT].nunique())),
    )
    return Profile(len(cut.table), columns, int(cut.table.memory_usage(deep=True).sum()))
