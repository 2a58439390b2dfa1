"""The pipelines; one file each."""
