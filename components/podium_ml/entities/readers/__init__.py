"""Readers of texts with spans, one file per format; see ``podium_ml.readers``."""
