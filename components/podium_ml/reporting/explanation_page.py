"""The explanation as a standalone page for the Kubeflow UI."""

from podium_ml.contracts import Explanation, Problem
from podium_ml.reporting.environment import make_environment
from podium_ml.reporting.titles import called, model_title
from podium_ml.reporting.views.drivers import drivers_view
from podium_ml.reporting.views.texts import texts_view


def render_explanation(explanation: Explanation, problem: Problem | None = None) -> str:
    """Return a self-contained HTML page.

    Args:
        explanation: The explanation to show.
        problem: The problem, for the titles of metrics.
    """
    template = make_environment().get_template("explanation.html")
    return template.render(
        model=called(model_title(explanation.model)),
        drivers=drivers_view(explanation, problem),
        texts=texts_view(explanation, {}),
    )
