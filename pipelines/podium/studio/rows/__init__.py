"""Predictions of rows: the views of kinds that have none of their own."""
