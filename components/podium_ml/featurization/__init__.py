"""Row-wise featurization shared by every algorithm; what must be fitted on data is fitted inside the folds (encoders)."""
