"""Metrics of spans; see ``podium_ml.metrics``."""
