"""Tests of texts with spans."""
