"""The pipelines: one per kind of problem, all built from the same tasks."""
