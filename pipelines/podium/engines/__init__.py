"""Where the compiled pipeline runs."""
