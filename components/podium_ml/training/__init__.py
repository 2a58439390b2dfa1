"""Training one algorithm: folds, search, and the folder that keeps what came of it."""
