"""Charts of time against score."""

from collections.abc import Sequence
from typing import Any

from podium_ml.contracts import ModelScores, Trial
from podium_ml.metrics import Metric
from podium_ml.reporting.charts._axes import number_ticks
from podium_ml.reporting.charts._chart import Chart, LegendEntry
from podium_ml.reporting.charts._colours import ACCENT, FAINT, INK, LINE, MUTED, SERIES, SURFACE, css
from podium_ml.reporting.charts._drawing import drawing
from podium_ml.reporting.formats import counted, duration
from podium_ml.reporting.titles import model_title

_ROUND_TIMES = (
    *(1e-5, 1e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.3),
    *(1, 3, 10, 30, 60, 180, 600, 1800, 7200, 36000),
)
_LEFT, _MAX_COLOURED = 50.0, len(SERIES)


def score_over_time(trials: Sequence[Trial], metric: Metric) -> Chart | None:
    """Draw each algorithm's best score so far over time; ``None`` for fewer than two completed trials."""
    paths = _paths(trials, metric)
    if sum(len(scores) for _, scores in paths.values()) < 2:
        return None
    ranked = sorted(paths, key=lambda name: -metric.utility(paths[name][1][-1]))
    end = max(seconds[-1] for seconds, _ in paths.values()) * 1.03
    with drawing("score-over-time", "Best score of each algorithm over time", left=_LEFT) as made:
        for name in reversed(ranked):
            seconds, scores = paths[name]
            place = ranked.index(name)
            top = place < _MAX_COLOURED
            made.axes.step(
                [*seconds, end],
                [*scores, scores[-1]],
                where="post",
                color=SERIES[place] if top else LINE,
                linewidth=1.8 if top else 1.2,
            )
        made.axes.set(ylim=_focus([scores[-1] for _, scores in paths.values()], metric), xlim=(0, end))
        made.axes.set(xlabel="seconds since the algorithm started", ylabel=metric.title)
        number_ticks(made.axes.xaxis)
        number_ticks(made.axes.yaxis)
    entries = [
        LegendEntry(model_title(name), css(SERIES[place]))
        for place, name in enumerate(ranked[:_MAX_COLOURED])
    ]
    if len(ranked) > _MAX_COLOURED:
        entries.append(LegendEntry(counted(len(ranked) - _MAX_COLOURED, "other"), css(LINE)))
    return Chart(
        title="Score over time",
        how="The best out-of-fold score of each algorithm so far. A flat end means that more time would hardly have "
        "helped.",
        svg=made.svg,
        legend=tuple(entries),
    )


def _paths(trials: Sequence[Trial], metric: Metric) -> dict[str, tuple[list[float], list[float]]]:
    """Return for each algorithm the times of its completed trials and the best score up to each of them."""
    paths: dict[str, tuple[list[float], list[float]]] = {}
    for trial in sorted(trials, key=lambda trial: trial.at):
        if trial.outcome != "complete" or trial.score is None:
            continue
        seconds, scores = paths.setdefault(trial.algorithm, ([], []))
        best = scores[-1] if scores else trial.score
        seconds.append(trial.at)
        scores.append(max(best, trial.score, key=metric.utility))
    return paths


def _focus(scores: Sequence[float], metric: Metric) -> tuple[float, float]:
    """Return axis limits around the better half of the scores; much worse scores fall off the chart."""
    ordered = sorted(scores, key=metric.utility, reverse=True)
    best, middle = ordered[0], ordered[len(ordered) // 2]
    spread = abs(best - middle) or abs(best) * 0.05 or 1.0
    if metric.greater_is_better:
        return max(min(ordered), best - 3 * spread) - 0.2 * spread, best + 0.25 * spread
    return best - 0.25 * spread, min(max(ordered), best + 3 * spread) + 0.2 * spread


def time_charts(models: Sequence[ModelScores], metric: Metric) -> list[Chart]:
    """Draw fit and predict time against the score; the numbers are ranks on the leaderboard.

    Args:
        models: The leaderboard's rows, best first.
        metric: The primary metric.
    """
    scored = [(rank, model) for rank, model in enumerate(models, start=1) if model.oof_score is not None]
    if len(scored) < 2:
        return []
    fit = [(rank, model.fit_seconds, model) for rank, model in scored if model.fit_seconds > 0]
    predict = [
        (rank, model.predict_milliseconds / 1000, model)
        for rank, model in scored
        if model.predict_milliseconds > 0
    ]
    return [
        _time_chart("fit-time", "Time to fit", "time to fit", fit, metric),
        _time_chart("predict-time", "Time to predict", "time to predict one row", predict, metric),
    ]


def _time_chart(
    name: str, title: str, label: str, points: Sequence[tuple[int, float, ModelScores]], metric: Metric
) -> Chart:
    with drawing(name, f"{title} against score", left=_LEFT) as made:
        axes = made.axes
        axes.set_xscale("log")
        for rank, seconds, model in points:
            _numbered_dot(axes, seconds, float(model.oof_score or 0.0), rank, chosen=model.chosen)
        if points:
            axes.set_ylim(_focus([float(model.oof_score or 0.0) for _, _, model in points], metric))
            _time_ticks(axes, [seconds for _, seconds, _ in points])
        axes.set(xlabel=label, ylabel=metric.title)
        number_ticks(axes.yaxis)
    return Chart(
        title=title,
        how="Numbers are leaderboard ranks; the filled dot is the chosen model. Models far behind are not shown.",
        svg=made.svg,
    )


def _numbered_dot(axes: Any, x: float, y: float, rank: int, *, chosen: bool) -> None:
    colour = ACCENT if chosen else FAINT
    axes.plot(
        [x],
        [y],
        marker="o",
        markersize=15,
        color=colour,
        markeredgecolor=ACCENT if chosen else MUTED,
        markeredgewidth=1,
        zorder=4 if chosen else 3,
    )
    axes.annotate(
        str(rank),
        (x, y),
        ha="center",
        va="center_baseline",
        fontsize=9,
        color=SURFACE if chosen else INK,
        zorder=5 if chosen else 3.5,
        annotation_clip=True,
    )


def _time_ticks(axes: Any, seconds: Sequence[float]) -> None:
    """Label an axis with round times: milliseconds, seconds, minutes."""
    from matplotlib.ticker import NullFormatter, NullLocator

    low, high = min(seconds) / 1.6, max(seconds) * 1.6
    axes.set_xlim(low, high)
    round_ones = [value for value in _ROUND_TIMES if low <= value <= high]
    while len(round_ones) > 5:
        round_ones = round_ones[::2]
    axes.set_xticks(round_ones, [duration(value) for value in round_ones])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
