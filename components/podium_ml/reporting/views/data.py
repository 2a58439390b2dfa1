"""What the data looked like."""

from dataclasses import dataclass
from pathlib import PurePath

from podium_ml.contracts import Column, ColumnProfile, GuardrailResult, Problem, SeriesTask
from podium_ml.reporting.formats import counted, number, percent, plain_time, short, size
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.targets import target_of
from podium_ml.values.listed import listed

_SHOWN_COLUMNS, _MAX_COLUMNS = 12, 300
_ROLES = {
    "numeric": "number",
    "categorical": "category",
    "boolean": "yes or no",
    "datetime": "date",
    "text": "text",
    "list": "list",
    "image": "picture",
    "dropped": "left out",
    "target": "target",
    "weight": "weight",
    "group": "group",
    "time": "time",
}
# How guardrails that do not apply, or had no time, begin what they say.
_UNCHECKED = "Not checked: "
_STRATEGIES = {
    "stratified": "stratified by class",
    "shuffled": "at random",
    "grouped": "keeping rows of the same group together",
    "ordered": "in time order, so that earlier rows predict later ones",
    "holdout": "held out from training",
}


@dataclass(frozen=True)
class ColumnRow:
    """One column of the user's table.

    Attributes:
        name: The column.
        role: What it was used as.
        dtype: Inferred type.
        missing: Share of missing values, or ``None`` if unknown.
        unique: Number of distinct values, or ``None`` if unknown.
        summary: Its typical values in words.
        bars: Heights of its histogram bars in percent.
        reason: Why it has that role.
        used: Whether the model may learn from it.
    """

    name: str
    role: str
    dtype: str
    missing: float | None
    unique: int | None
    summary: str
    bars: tuple[float, ...]
    reason: str
    used: bool


@dataclass(frozen=True)
class DataView:
    """What the section shows."""

    sentences: tuple[str, ...]
    columns: tuple[ColumnRow, ...]
    more_columns: tuple[ColumnRow, ...]
    left_out: int
    alerts: tuple[GuardrailResult, ...]
    fixed: tuple[GuardrailResult, ...]
    passed: tuple[GuardrailResult, ...]
    unchecked: tuple[GuardrailResult, ...]


def data_view(facts: RunFacts) -> DataView:
    """Compute the section."""
    rows = _column_rows(facts)
    results = {
        outcome: tuple(r for r in facts.guardrails if r.outcome == outcome)
        for outcome in ("alert", "fixed", "passed")
    }
    return DataView(
        sentences=tuple(_sentences(facts)),
        columns=rows[:_SHOWN_COLUMNS],
        more_columns=rows[_SHOWN_COLUMNS:_MAX_COLUMNS],
        left_out=max(0, len(rows) - _MAX_COLUMNS),
        alerts=results["alert"],
        fixed=results["fixed"],
        passed=tuple(one for one in results["passed"] if not one.seen.startswith(_UNCHECKED)),
        unchecked=tuple(one for one in results["passed"] if one.seen.startswith(_UNCHECKED)),
    )


def _sentences(facts: RunFacts) -> list[str]:
    problem, ingestion = facts.problem, facts.ingestion
    rows = int(ingestion.get("rows", problem.n_train + problem.n_test))
    files = [PurePath(str(name)).name for name in ingestion.get("files", ())]
    source = f" from {short(listed(files, most=3), 90)}" if files else ""
    read = f"{counted(rows, 'row')} and {counted(len(problem.columns), 'column')} were read{source}"
    memory = f" They take {size(facts.profile.memory_bytes)} of memory." if facts.profile.memory_bytes else ""
    return [f"{read}.{memory}", _target_sentence(facts), _split_sentence(problem)]


def _target_sentence(facts: RunFacts) -> str:
    problem = facts.problem
    target = next((column for column in facts.profile.columns if column.name == problem.target), None)
    name = f"The target “{short(problem.target)}”"
    if target_of(problem).output == "values":
        if problem.classes:
            types = listed([str(one) for one in problem.classes], most=5)
            return f"{name} has {counted(len(problem.classes), 'type')}: {types}."
        if target is None or target.mean is None:
            return f"{name} is numeric."
        ends = f"from {number(target.minimum)} to {number(target.maximum)}"
        mean, std = number(target.mean), number(target.std)
        return f"{name} ranges {ends}, with a mean of {mean} and a standard deviation of {std}."
    shares = _class_shares(target, facts.profile.rows)
    what = "classes" if target_of(problem).name == "labels" else "labels"
    return f"{name} has {len(problem.classes)} {what}{f': {shares}' if shares else ''}."


def _class_shares(target: ColumnProfile | None, rows: int) -> str:
    if target is None or not target.top or not rows:
        return ""
    parts = [
        f"{short(label, 80)} ({percent(count / rows)})"
        for label, count in zip(target.top, target.counts, strict=False)
    ]
    return listed(parts, most=5)


def _split_sentence(problem: Problem) -> str:
    if problem.series is not None:
        return _windows_sentence(problem.series)
    test, rest = "No rows were set aside for testing", "all rows"
    if problem.n_test:
        test, rest = f"{counted(problem.n_test, 'row')} were set aside for testing", "the remaining rows"
    how = _STRATEGIES[problem.fold_strategy]
    if problem.n_folds <= 1:
        return f"{test}. Models were compared on {percent(problem.holdout_fraction)} of {rest}, {how}."
    repeats = f"{problem.n_repeats} times " if problem.n_repeats > 1 else ""
    return f"{test}. {rest.capitalize()} were split {repeats}into {problem.n_folds} folds, {how}."


def _windows_sentence(task: SeriesTask) -> str:
    steps = counted(task.horizon * task.test_windows, "step")
    of_each = " of each series" if task.end is None else ""
    test = (
        f"The last {steps}{of_each} were set aside for testing" if task.test_windows else "There is no test"
    )
    return (
        f"{test}. Models were compared on {counted(task.windows, 'window')} of {counted(task.horizon, 'step')} before, "
        "each forecast from what came before it."
    )


def _column_rows(facts: RunFacts) -> tuple[ColumnRow, ...]:
    """Return the target first, then the columns the model learns from, then the rest."""
    profiles = {profile.name: profile for profile in facts.profile.columns}
    used = {column.name for column in facts.problem.features}
    rows = [
        _column_row(column, profiles.get(column.name), used=column.name in used)
        for column in facts.problem.columns
    ]
    return tuple(sorted(rows, key=lambda row: (row.role != "target", not row.used)))


def _column_row(column: Column, profile: ColumnProfile | None, *, used: bool) -> ColumnRow:
    return ColumnRow(
        name=column.name,
        role=_ROLES.get(column.role, column.role),
        dtype=column.dtype,
        missing=profile.missing if profile else None,
        unique=profile.unique if profile else None,
        summary=_summary(profile) if profile else "",
        bars=_bars(profile) if profile else (),
        reason=column.reason,
        used=used,
    )


def _summary(profile: ColumnProfile) -> str:
    if profile.mean is not None and profile.minimum is None:  # lengths of texts
        return f"{number(profile.mean, 3)} characters on average"
    if profile.mean is not None:
        ends = f"{number(profile.minimum, 3)} to {number(profile.maximum, 3)}"
        return f"{ends}, mean {number(profile.mean, 3)}"
    values = profile.top or profile.examples
    return listed([short(plain_time(value), 24) for value in values], most=3)


def _bars(profile: ColumnProfile) -> tuple[float, ...]:
    most = max(profile.counts, default=0)
    return tuple(round(100 * count / most, 1) for count in profile.counts) if most else ()
