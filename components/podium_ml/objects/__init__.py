"""The kind "objects": boxes and masks in pictures."""
