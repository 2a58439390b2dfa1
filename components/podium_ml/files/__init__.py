"""Files on disk, written atomically and checked before they are loaded."""
