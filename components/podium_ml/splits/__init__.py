"""Splits of the rows for training and validation."""
