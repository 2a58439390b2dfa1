"""Training of one algorithm: the plan, the search, and the folder with the results."""
