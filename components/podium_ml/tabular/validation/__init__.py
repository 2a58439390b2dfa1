"""Infers the problem and checks whether the data can be trusted."""
