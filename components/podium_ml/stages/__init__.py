"""The stages of the pipeline. Each reads and writes files, and runs in a supervised child process."""
