"""Refits the chosen model on all rows."""
