"""Charts as inline SVG that takes its colours and letters from the page around it."""

from podium_ml.reporting.charts._chart import Chart, LegendEntry

__all__ = ["Chart", "LegendEntry"]
