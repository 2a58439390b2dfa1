"""Models that others have trained on many series, read from a folder."""
