"""Choosing the model, on out-of-fold predictions only."""
