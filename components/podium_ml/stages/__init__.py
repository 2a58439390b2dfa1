"""The stages of the pipeline: paths in, files out; each runs in a supervised child process."""
