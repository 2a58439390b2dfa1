"""The table and the plot of a comparison of forecasting systems."""

from pathlib import Path

import numpy as np
import pandas as pd

_NAIVE, _OWN = "seasonal_naive", "podium"
_WORSE, _EDGE = 1.02, 1.6


def write(rows: pd.DataFrame, seconds: int, folder: Path) -> str:
    """Write the table and the plot of results into a folder, and return the table.

    Args:
        rows: A row for each set and system, with ``mase``, ``sql``, ``coverage`` and ``limit``.
        seconds: The time of the results to show.
        folder: Folder that gets ``results_60s.md`` and ``results_60s.png``, named by the seconds.
    """
    rows = rows[rows["limit"] == seconds]
    text, name = table(rows, seconds), f"results_{seconds}s"
    (folder / f"{name}.md").write_text(text + "\n")
    _plot(rows, seconds, folder / f"{name}.png")
    return text


def table(rows: pd.DataFrame, seconds: int) -> str:
    """Return MASE by set and system as Markdown, and what follows for all sets that every system forecast."""
    systems = list(dict.fromkeys(rows["system"]))
    mase = _by_system(rows, "mase")
    whole = rows[rows["set"].isin(mase.dropna().index)]
    lines = [f"{len(mase)} sets, {whole['set'].nunique()} forecast by all systems, {seconds} s each.", ""]
    lines += [f"| MASE | {' | '.join(systems)} |", "|---" * (len(systems) + 1) + "|"]
    for name, values in mase.iterrows():
        best = values.min() * (1 + 1e-4)
        cells = [
            "failed" if np.isnan(one) else f"**{one:.3f}**" if one <= best else f"{one:.3f}" for one in values
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    for title, column in (("MASE", "mase"), ("quantile loss", "sql")):
        ratios = _ratios(whole, column)
        cells = [f"{one:.3f}" for one in np.exp(np.log(ratios).mean())]
        lines.append(f"| {title} as a share of seasonal naive, geometric mean | {' | '.join(cells)} |")
        if column == "mase":
            lines.append(
                f"| sets above {_WORSE} x seasonal naive | {' | '.join(map(str, (ratios > _WORSE).sum()))} |"
            )
    coverage = whole.groupby("system")["coverage"].mean()[systems]
    lines.append(f"| 80 % interval covers | {' | '.join(f'{100 * one:.0f} %' for one in coverage)} |")
    took = rows.groupby("system")["seconds"].median()[systems]
    lines.append(f"| seconds, median | {' | '.join(f'{one:.0f}' for one in took)} |")
    return "\n".join([*lines, *_against(whole)])


def _against(whole: pd.DataFrame) -> list[str]:
    """Return a table of Podium's errors as a share of those of each other system."""
    mase, loss = (_by_system(whole, column) for column in ("mase", "sql"))
    if _OWN not in mase:
        return []
    lines = ["", "| podium against | MASE, ratio | quantile loss, ratio | better on |", "|---|---|---|---|"]
    for name in mase.columns.drop(_OWN):
        ratios = [np.exp(np.log(found[_OWN] / found[name]).mean()) for found in (mase, loss)]
        better = int((mase[_OWN] < mase[name]).sum())
        lines.append(f"| {name} | {ratios[0]:.3f} | {ratios[1]:.3f} | {better} of {len(mase)} |")
    return lines


def _by_system(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a value by set and system, NaN where a system failed."""
    found = rows.pivot_table(index="set", columns="system", values=column, sort=False, dropna=False)
    return found[list(dict.fromkeys(rows["system"]))]


def _ratios(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    found = _by_system(rows, column)
    return found.div(found[_NAIVE], axis=0)


def _plot(rows: pd.DataFrame, seconds: int, path: Path) -> None:
    """Draw the MASE of each set as a share of that of the seasonal naive forecast."""
    from matplotlib.figure import Figure

    shares = _ratios(rows, "mase").drop(columns=_NAIVE)
    shares = shares.sort_values(_OWN if _OWN in shares else shares.columns[0])
    figure = Figure(figsize=(8, 0.28 * len(shares) + 1.5), layout="constrained")
    axes = figure.subplots()
    axes.axvline(1.0, color="grey", linewidth=1)
    for name in shares:
        axes.plot(shares[name].clip(upper=_EDGE), range(len(shares)), "o", label=name, alpha=0.8)
    axes.set_yticks(range(len(shares)), shares.index)
    axes.set_xlabel(f"MASE / that of seasonal naive after {seconds} s ({_EDGE} and more at the edge)")
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=120)
