"""The frequency of the series, and rows that do not fit it."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.panel.calendars import DAY
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

# A larger share of rows on days that do not belong to the frequency needs a look.
_MANY = 0.01
_UNITS = ((DAY, "day"), (DAY // 24, "hour"), (60_000_000, "minute"), (1_000_000, "second"))


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Name the frequency; report times that were moved to its stamps, and rows that were left out."""
    panel = context.panel
    title = f"{panel.calendar.title[0].upper()}{panel.calendar.title[1:]}."
    seen, done = [], []
    if panel.closed:
        seen.append(f"{panel.closed:,} rows are on days that are else closed.")
        done.append("They were left out.")
    if panel.moved:
        seen.append(f"{panel.moved:,} times are off the stamps, by at most {_duration(panel.farthest)}.")
        done.append("They were moved to their stamps.")
    if panel.shifted and not context.settings.frequency:
        seen.append(f"All times of {context.named(list(panel.shifted))} are off.")
        done.append("Their forecasts have the stamps of the other series; a run of their own keeps theirs.")
        return guardrail.alert(" ".join([title, *seen]), " ".join(done))
    if not seen:
        return guardrail.passed(title)
    text = " ".join([title, *seen])
    if panel.closed > _MANY * len(panel.table):
        return guardrail.alert(text, " ".join([*done, "Give --frequency D to keep every day."]))
    return guardrail.fixed(text, " ".join(done))


def _duration(microseconds: int) -> str:
    for size, unit in _UNITS:
        if microseconds >= size:
            count = round(microseconds / size, 1)
            return f"{count:g} {unit}{'' if count == 1 else 's'}"
    return "a second"


SPEC = Guardrail("frequency", "Frequency", "times", 40, check)
