"""Types of targets of texts; see ``podium_ml.targets``."""
