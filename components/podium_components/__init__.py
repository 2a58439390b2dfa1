"""The pipeline's stages as KFP components: thin wrappers around ``podium_ml.stages``."""
