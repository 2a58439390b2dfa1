"""Make Markdown tables and a plot from results: ``python -m tests.benchmark.tables.report OUT.jsonl [--plot FILE]``.

Ranks and wins count tables, each with its mean over seeds; intervals resample tables. A system that failed on a table
is the last one there. Only tables and seeds that all systems have been run on count; ``--without`` leaves systems out.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

from podium_ml.reporting.formats import counted

_RESAMPLES = 2_000
# Closer than this share, two systems are equal.
_TIE = 1e-4


def read(path: Path, seconds: float, without: list[str]) -> pd.DataFrame:
    """Return the results of the systems that are not left out, one row a run."""
    rows = pd.DataFrame(map(json.loads, path.read_text().splitlines()))
    return rows[(rows["seconds_given"] == seconds) & ~rows["system"].isin(without)].copy()


def compared(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the results on the tables and seeds that all systems have been run on."""
    systems = rows.groupby(["table", "seed"])["system"].transform("nunique")
    return rows[systems == rows["system"].nunique()].copy()


def losses(rows: pd.DataFrame) -> pd.DataFrame:
    """Return losses by table and system, lower is better; for an area under a curve the part that is missing."""
    bad = rows["status"] != 0
    rows["loss"] = np.where(rows["metric"] == "roc_auc", 1 - rows["score"], rows["score"])
    rows.loc[bad, "loss"] = np.inf
    found = rows.pivot_table(index=["table", "seed"], columns="system", values="loss", aggfunc="last")
    return found.groupby("table").mean()


def ranks(found: pd.DataFrame) -> pd.DataFrame:
    """Return the mean rank of each system with its 95 % interval, best first."""
    places = found.rank(axis=1)
    rng = np.random.default_rng(0)
    draws = places.to_numpy()[rng.integers(len(places), size=(_RESAMPLES, len(places)))].mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    summary = pd.DataFrame({"rank": places.mean(), "low": low, "high": high})
    return summary.sort_values("rank")


def wins(found: pd.DataFrame, own: str) -> pd.DataFrame:
    """Return on how many tables a system beats each other one, and the ratio of their losses where neither failed."""
    others = [name for name in found if name != own]
    ratio = {name: (found[own] / found[name]).to_numpy() for name in others}
    return pd.DataFrame(
        {
            "wins": {name: int((one < 1 - _TIE).sum()) for name, one in ratio.items()},
            "ties": {name: int((np.abs(one - 1) <= _TIE).sum()) for name, one in ratio.items()},
            "loss_ratio": {name: _geometric_mean(one) for name, one in ratio.items()},
            "worst": {name: float(one.max()) for name, one in ratio.items()},
        }
    )


def _geometric_mean(ratios: np.ndarray) -> float:
    """Return the mean of the ratios of tables on which no system failed."""
    return float(np.exp(np.mean(np.log(ratios[(ratios > 0) & np.isfinite(ratios)]))))


def markdown(rows: pd.DataFrame, seconds: float, own: str) -> str:
    """Return the whole report."""
    found = losses(rows)
    costs = rows.groupby("system")[["seconds", "peak_mb", "megabytes", "one_row_ms", "many_rows_s"]].median()
    order = ranks(found)
    lines = [f"{counted(len(found), 'table')}, {counted(rows['seed'].nunique(), 'seed')}, {seconds:g} s.", ""]
    lines += ["| system | mean rank (95 %) | seconds | peak MB | model MB | one row ms | 10,000 rows s |"]
    lines += ["|---" * 7 + "|"]
    for name, one in order.iterrows():
        cost = costs.loc[name]
        cells = [
            str(name),
            f"{one['rank']:.2f} ({one['low']:.2f} to {one['high']:.2f})",
            f"{cost['seconds']:.0f}",
        ]
        cells += [f"{cost['peak_mb']:.0f}", f"{cost['megabytes']:.1f}", f"{cost['one_row_ms']:.1f}"]
        cells.append(f"{cost['many_rows_s']:.2f}")
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"| {own} against | wins | ties | loss, ratio | worst ratio |", "|---" * 5 + "|"]
    for name, one in wins(found, own).iterrows():
        cells = [str(name), f"{one['wins']:.0f} of {len(found)}", f"{one['ties']:.0f}"]
        cells += [f"{one['loss_ratio']:.3f}", f"{one['worst']:.3f}"]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"| table | {' | '.join(order.index)} |", "|---" * (len(order) + 1) + "|"]
    for name, one in found[order.index].iterrows():
        best = one.min()
        cells = [f"**{value:.5g}**" if value <= best * (1 + _TIE) else f"{value:.5g}" for value in one]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def runs(rows: pd.DataFrame) -> str:
    """Return one line a run: its score and what it cost."""
    lines = [
        "| table | system | metric | score | seconds | peak GiB | model MB | one row ms | 10,000 rows s |"
    ]
    lines += ["|---" * 9 + "|"]
    for _, one in rows.sort_values(["table", "seed"], kind="stable").iterrows():
        cells = [
            one["table"],
            one["system"],
            one["metric"],
            "failed" if one["status"] else f"{one['score']:.5g}",
        ]
        cells += [f"{one['seconds']:.0f}", f"{one['peak_mb'] / 1024:.1f}", f"{one['megabytes']:.1f}"]
        cells += [f"{one['one_row_ms']:.1f}", f"{one['many_rows_s']:.2f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(rows: pd.DataFrame, seconds: float, own: str, out: Path) -> None:
    """Draw the loss of each table as a share of the best system's."""
    from matplotlib.figure import Figure

    found = losses(rows)
    shares = found.div(found.min(axis=1), axis=0)
    order = shares[own].sort_values().index
    figure = Figure(figsize=(8, 0.3 * len(order) + 1.5), layout="constrained")
    axes = figure.subplots()
    for name in found:
        axes.plot(shares.loc[order, name].clip(upper=1.5), range(len(order)), "o", label=name, alpha=0.8)
    axes.set_yticks(range(len(order)), order)
    axes.set_xlabel(f"loss / best loss after {seconds:g} s (1.5 and more at the edge)")
    axes.legend(loc="lower right")
    figure.savefig(out, dpi=120)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--own", default="podium")
    parser.add_argument("--without", nargs="*", default=[], help="systems to leave out")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--runs", action="store_true", help="print one line a run in place of ranks")
    arguments = parser.parse_args()
    rows = read(arguments.results, arguments.seconds, arguments.without)
    if arguments.runs:
        print(runs(rows))
    else:
        print(markdown(compared(rows), arguments.seconds, arguments.own))
    if arguments.plot:
        plot(compared(rows), arguments.seconds, arguments.own, arguments.plot)


if __name__ == "__main__":
    main()
