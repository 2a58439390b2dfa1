"""The target of forecasts, found by walking this folder."""
