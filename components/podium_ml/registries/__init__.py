"""Registries are folders: a declaration takes part by lying in one."""

from podium_ml.registries.folder_registry import Named, Registry

__all__ = ["Named", "Registry"]
