"""A kind of problem for tests alone: it predicts one and the same number for every row."""
