"""The report: one self-contained page for managers and data scientists."""

from podium_ml.reporting.charts import Chart
from podium_ml.reporting.charts.class_charts import class_charts
from podium_ml.reporting.charts.series_charts import forecast_charts, series_charts
from podium_ml.reporting.charts.value_charts import value_charts
from podium_ml.reporting.environment import make_environment
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.views.champion import champion_view
from podium_ml.reporting.views.confusion import confusion_view
from podium_ml.reporting.views.data import data_view
from podium_ml.reporting.views.drivers import drivers_view
from podium_ml.reporting.views.effort import effort_view
from podium_ml.reporting.views.headline import headline
from podium_ml.reporting.views.label_scores import label_scores_view
from podium_ml.reporting.views.marked_texts import marked_texts_view
from podium_ml.reporting.views.model_details import model_details_view
from podium_ml.reporting.views.models import models_view
from podium_ml.reporting.views.pictures import picture_groups
from podium_ml.reporting.views.scores import score_rows
from podium_ml.reporting.views.texts import texts_view
from podium_ml.reporting.views.thresholds import thresholds_view
from podium_ml.reporting.views.usage import usage_view
from podium_ml.run.only_shown import only_shown


def render_report(facts: RunFacts, *, made: str = "") -> str:
    """Return the report as an HTML page.

    Args:
        facts: The run.
        made: Creation time in words; not shown if empty.
    """
    profiles = {profile.name: profile for profile in facts.profile.columns}
    return (
        make_environment()
        .get_template("report.html")
        .render(
            facts=facts,
            made=made,
            head=headline(facts),
            models=models_view(facts),
            details=model_details_view(facts),
            scores=score_rows(facts),
            champion=champion_view(facts),
            confusion=confusion_view(facts.evaluation.charts),
            thresholds=thresholds_view(facts.evaluation.charts),
            label_scores=label_scores_view(facts.evaluation.charts),
            boundaries=facts.evaluation.charts.get("boundaries", ()),
            object_errors=facts.evaluation.charts.get("object_errors", ()),
            marked_texts=marked_texts_view(facts.evaluation.charts),
            texts=texts_view(facts.explanation, facts.evaluation.charts),
            picture_groups=picture_groups(facts),
            forecasts=only_shown(lambda: forecast_charts(facts.evaluation.charts), otherwise=list),
            series_scores=facts.evaluation.charts.get("series_scores", ()),
            charts=_charts(facts),
            drivers=drivers_view(
                facts.explanation,
                facts.problem,
                profiles,
                facts.importances,
                leaderboard=[model.name for model in facts.evaluation.models],
            ),
            data=data_view(facts),
            effort=effort_view(facts),
            usage=usage_view(facts),
        )
    )


def _charts(facts: RunFacts) -> list[Chart]:
    charts = facts.evaluation.charts
    of_classes: list[Chart] = only_shown(lambda: class_charts(charts), otherwise=list)
    of_values: list[Chart] = only_shown(lambda: value_charts(charts), otherwise=list)
    of_series: list[Chart] = only_shown(lambda: series_charts(charts), otherwise=list)
    return [*of_classes, *of_values, *of_series]
