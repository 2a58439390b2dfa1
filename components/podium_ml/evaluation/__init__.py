"""Scores, intervals and chart data of every model, on rows that played no part in training or selection."""
