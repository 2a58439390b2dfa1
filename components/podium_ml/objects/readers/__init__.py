"""Part of the kind "objects"."""
