"""Forecasts in the web studio: a form for the steps, newer rows and the plan, and the forecasts of each series."""

from collections.abc import Sequence
from dataclasses import dataclass

from podium_ml.forecasting.studio.paths import SeriesPath, paths_of
from podium_ml.kinds import Question, Table, View, read_table

# Series that are drawn.
_DRAWN = 12


@dataclass(frozen=True)
class Forecasts:
    """The answer of a forecaster.

    Attributes:
        table: The forecasts.
        paths: The first series, to be drawn.
    """

    table: Table
    paths: tuple[SeriesPath, ...]


class ForecastView(View):
    """Asks ``podium forecast``."""

    result = "forecasts.csv"

    def commands(self, question: Question) -> Sequence[Sequence[str]]:
        """See ``View``."""
        options, files = ["--out", str(question.work / self.result)], question.files
        if (horizon := question.form.get("horizon", "")).isdecimal():
            options += ["--horizon", horizon]
        if "plan" in files:
            options += ["--future", str(files["plan"])]
        history = [str(files["history"])] if "history" in files else []
        return [["forecast", *options, "--", question.model, *history]]

    def answer(self, question: Question) -> Forecasts:
        """See ``View``."""
        table = read_table(question.work / self.result, most=2_000)
        return Forecasts(table, paths_of(table, question.problem)[:_DRAWN])


VIEW = ForecastView()
