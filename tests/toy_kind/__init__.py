"""A kind of problem for tests that predicts the same number for every row."""
