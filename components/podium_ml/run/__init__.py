"""The time, threads, events and notifications of a run."""
