"""Scores, intervals and chart data of every model on rows that nobody trained or selected on."""
