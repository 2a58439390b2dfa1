"""Shows the progress of a run to the user."""
