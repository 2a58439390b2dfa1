"""Metrics of forecasts, found by walking this folder."""
