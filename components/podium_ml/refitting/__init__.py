"""Training the chosen model again on all rows."""
