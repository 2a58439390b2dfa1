"""Chooses the model by out-of-fold predictions only."""
