"""Which rows train and which rows check."""
