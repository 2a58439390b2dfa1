"""The leaderboard, and why its winner won."""

from dataclasses import dataclass

from podium_ml.contracts import ModelScores
from podium_ml.contracts.evaluation import TOO_SLOW
from podium_ml.reporting.formats import counted, duration, number, percent, size
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import in_sentence, metric_of, model_title, with_titles
from podium_ml.reporting.views.scores import BASELINE, chosen_model, primary_of
from podium_ml.settings import ModelLimits
from podium_ml.targets import target_of
from podium_ml.values.listed import listed


@dataclass(frozen=True)
class Interval:
    """A score and its interval, in percent of the scale that all models share."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ModelRow:
    """One model.

    Attributes:
        rank: Rank, or ``None`` if it failed.
        title: Its title.
        note: Why it failed or could not be chosen, and what it is made of.
        model: Its scores and costs.
        test: Primary score on test rows, or ``None``.
        low: Lower end of the interval, or ``None``.
        high: Upper end of the interval, or ``None``.
        interval: The same as positions to draw, or ``None``.
        gain: By which share its out-of-fold score is better than the baseline's, or ``None``.
    """

    rank: int | None
    title: str
    note: str
    model: ModelScores
    test: float | None
    low: float | None
    high: float | None
    interval: Interval | None
    gain: float | None


@dataclass(frozen=True)
class ModelsView:
    """The leaderboard and the text around it.

    Attributes:
        metric: Title of the metric.
        rows: The models.
        has_test: Whether there are test rows.
        has_intervals: Whether any model has an interval.
        has_gains: Whether the gain over the baseline is shown, which forecasts as models do.
        has_columns: Whether the models use different numbers of columns, apart from the baseline.
        reason: Why the chosen model was chosen.
        details: What else to know about the choice.
        notes: What to know about the table, below it.
        skipped: Algorithms that did not run, and why.
    """

    metric: str
    rows: tuple[ModelRow, ...]
    has_test: bool
    has_intervals: bool
    has_gains: bool
    has_columns: bool
    reason: str
    details: tuple[str, ...]
    notes: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


def models_view(facts: RunFacts) -> ModelsView:
    """Compute the leaderboard."""
    metric = metric_of(facts.problem)
    scale = _scale(facts)
    rows = tuple(
        _row(facts, model, rank, scale) for rank, model in enumerate(facts.evaluation.models, start=1)
    )
    return ModelsView(
        metric=metric.title,
        rows=rows,
        has_test=bool(facts.evaluation.rows),
        has_intervals=any(row.interval for row in rows),
        has_gains=target_of(facts.problem).naive_baseline,
        has_columns=len(_column_counts(facts)) > 1,
        reason=_with_titles(facts.selection.reason, facts),
        details=tuple(_details(facts)),
        notes=tuple(_notes(facts)),
        skipped=tuple((model_title(one["algorithm"]), one.get("reason", "")) for one in facts.skipped),
    )


def _with_titles(text: str, facts: RunFacts) -> str:
    """Replace the names of models and of the metric with their titles."""
    metric = metric_of(facts.problem).title
    text = text.replace(f" {metric} ", f" {in_sentence(metric)} ")
    return with_titles(text, [model.name for model in facts.evaluation.models])


def _row(facts: RunFacts, model: ModelScores, rank: int, scale: tuple[float, float] | None) -> ModelRow:
    found = primary_of(facts, model)
    low, high, value = (found.low, found.high, found.value) if found else (None, None, None)
    return ModelRow(
        rank=rank if model.status == "ok" else None,
        title=model_title(model.name),
        note=_note(facts, model),
        model=model,
        test=value,
        low=low,
        high=high,
        interval=_interval(value, low, high, scale),
        gain=_gain(facts, model),
    )


def _gain(facts: RunFacts, model: ModelScores) -> float | None:
    base = next((one.oof_score for one in facts.evaluation.models if one.name == BASELINE), None)
    if not base or model.oof_score is None or model.status != "ok":
        return None
    metric = metric_of(facts.problem)
    return (metric.utility(model.oof_score) - metric.utility(base)) / abs(base)


def _note(facts: RunFacts, model: ModelScores) -> str:
    made_of = "Ignores all columns." if model.name == BASELINE else _made_of(facts, model)
    return " ".join(filter(None, (model.reason.replace(TOO_SLOW, "").strip(), made_of)))


def _made_of(facts: RunFacts, model: ModelScores) -> str:
    for ensemble in facts.ensembles:
        if ensemble.name == model.name:
            heaviest = sorted(ensemble.members, key=lambda member: -abs(member.weight))
            shown = [_member(one.algorithm, one.weight, ensemble.kind) for one in heaviest]
            if len(shown) == 1:
                return f"Learns from the predictions of {shown[0]}."
            return f"Combines {listed(shown, most=3)}."
    return ""


def _column_counts(facts: RunFacts) -> set[int]:
    """Return how many columns models use; earlier versions did not say."""
    return {one.n_columns for one in facts.evaluation.models if one.status == "ok" and one.n_columns}


def _notes(facts: RunFacts) -> list[str]:
    """Say once what holds for several rows of the table."""
    metric, notes = metric_of(facts.problem), []
    better = "higher" if metric.greater_is_better else "lower"
    ranked = "Models are ranked and chosen by their out-of-fold score, never by their test score."
    notes.append(f"{metric.title}: {better} is better. {ranked}")
    unscored = sum(TOO_SLOW in one.reason for one in facts.evaluation.models)
    if unscored:
        were = "1 model was" if unscored == 1 else f"{unscored} models were"
        notes.append(f"{were} not scored on the test rows: the time limit left no time for it.")
    counts = _column_counts(facts)
    if len(counts) == 1 and counts != {0}:
        notes.append(f"Each model but the baseline uses {counted(counts.pop(), 'column')}.")
    return notes


def _member(algorithm: str, weight: float, kind: str) -> str:
    title = in_sentence(model_title(algorithm))
    return f"{title} ({percent(weight)})" if kind == "weighted" else title


def _scale(facts: RunFacts) -> tuple[float, float] | None:
    """Return the ends of the interval scale, which covers the better models and not the distant ones."""
    metric = metric_of(facts.problem)
    values = [found for model in facts.evaluation.models if (found := primary_of(facts, model)) is not None]
    known = [found for found in values if found.value is not None and found.low is not None]
    if not known:
        return None
    ends = [float(end) for found in known for end in (found.low, found.high) if end is not None]
    best_first = sorted((float(found.value or 0.0) for found in known), key=metric.utility, reverse=True)
    width = max(abs((found.high or 0) - (found.low or 0)) for found in known[:3])
    reach = max(1.2 * width, 1.5 * abs(best_first[0] - best_first[len(best_first) // 2]))
    if metric.greater_is_better:
        return max(min(ends), best_first[0] - reach), max(ends)
    return min(ends), min(max(ends), best_first[0] + reach)


def _interval(
    value: float | None, low: float | None, high: float | None, scale: tuple[float, float] | None
) -> Interval | None:
    if scale is None or value is None or low is None or high is None or scale[0] == scale[1]:
        return None
    left, right = scale
    if not left <= value <= right:  # Far behind the others, so there is nothing to compare.
        return None

    def place(number: float) -> float:
        return round(min(100.0, max(0.0, 100 * (number - left) / (right - left))), 1)

    return Interval(place(value), place(low), place(high))


def _tied(facts: RunFacts) -> list[str]:
    tied = [in_sentence(model_title(one.name)) for one in facts.evaluation.models if one.tied]
    if len(tied) < 2:
        return []
    return [
        f"{len(tied)} models are among the best: {listed(tied, most=8)}. Their out-of-fold scores differ by less than "
        "noise, so this data cannot tell which of them is better."
    ]


def _limits(facts: RunFacts) -> list[str]:
    """Say that the chosen model keeps the user's limits, with what was measured."""
    known = {name: value for name, value in facts.settings.items() if name in ModelLimits.model_fields}
    limits, chosen = ModelLimits.parse(known), chosen_model(facts)
    kept = []
    if limits.max_latency_seconds:
        took = duration(chosen.predict_milliseconds / 1000)
        kept.append(f"it predicts a row in {took}, and {duration(limits.max_latency_seconds)} are allowed")
    if limits.max_memory_bytes:
        kept.append(f"it takes {size(chosen.size_bytes)}, and {size(limits.max_memory_bytes)} are allowed")
    if limits.interpretable:
        kept.append("it is interpretable")
    return [f"It keeps the limits that were set: {listed(kept)}."] if kept else []


def _details(facts: RunFacts) -> list[str]:
    """Say which models are as good, and what was done to the chosen one after the selection."""
    selection, details = facts.selection, [*_tied(facts), *_limits(facts)]
    if selection.threshold is not None:
        note = target_of(facts.problem).decision_note(selection.threshold, facts.problem)
        details += [note] if note else []
    if selection.calibrated:
        details.append(_calibration(selection.calibrated, selection.calibration_gain))
    return details


def _calibration(kind: str, gain: float) -> str:
    if kind in ("offset", "factor"):
        return f"Its predictions are corrected by a constant {kind}, which was fitted on out-of-fold predictions."
    text = f"Its probabilities were calibrated ({kind} scaling)"
    if gain > 0:
        return f"{text}, which lowered the out-of-fold log loss by {number(gain, 2)}."
    return f"{text}, so that their mean is the share of each class."
