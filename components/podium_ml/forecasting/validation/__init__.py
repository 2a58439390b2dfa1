"""Infers forecasting problems, checks series, and sets the last horizons aside."""
