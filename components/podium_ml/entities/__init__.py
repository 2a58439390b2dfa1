"""The kind of problems whose answers are spans in texts."""
