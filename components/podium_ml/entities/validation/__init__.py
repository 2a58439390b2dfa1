"""Reading and checking texts with spans."""
