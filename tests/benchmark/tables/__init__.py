"""Podium and other systems on the same tables: the same rows, the same time, the same judge."""
