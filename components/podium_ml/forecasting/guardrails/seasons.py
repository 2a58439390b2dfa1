"""Seasons that the series show."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.guardrails._curves import filled, line, similarity
from podium_ml.forecasting.validation.context import Context, Sampled
from podium_ml.kinds.guardrail import Guardrail

# Values resemble those a season before, and more than those half a season before.
_ALIKE, _MORE = 0.3, 0.1
# So many seasons tell.
_FEWEST_SEASONS = 3


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count the series in which each usual season of the frequency is found; alert if the user's own season is not."""
    seasons = dict.fromkeys(
        [context.settings.season or 0, *(round(one) for one in context.panel.calendar.seasons)]
    )
    possible = [season for season in seasons if season > 1]
    told = {season: _shares(context, season) for season in possible}
    parts = [
        f"a season of {season:,} steps in {found:,} of {count:,} series"
        for season, (found, count) in told.items()
        if count
    ]
    asked = context.settings.season
    if asked > 1 and told[asked][1] and not told[asked][0]:
        return guardrail.alert(
            f"No series shows the season of {asked:,} steps that was asked for{context.scope}."
        )
    if not parts:
        return guardrail.passed("The series are too short to show a season.")
    return guardrail.passed(f"Found {', '.join(parts)}{context.scope}.")


def _shares(context: Context, season: int) -> tuple[int, int]:
    """Return how many series show a season, and how many are long enough to."""
    long = [one for one in context.sampled if len(one.values) >= _FEWEST_SEASONS * season]
    return sum(_has_season(one, season) for one in long), len(long)


def _has_season(one: Sampled, season: int) -> bool:
    values = filled(one)
    values = values - line(values)
    alike = similarity(values, season)
    return alike >= _ALIKE and alike >= similarity(values, max(1, season // 2)) + _MORE


SPEC = Guardrail("seasons", "Seasons", "values", 70, check)
