"""Texts: their tokens, their spans, and the parts of long ones."""
