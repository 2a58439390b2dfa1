"""Registries are folders: every declaration in a folder is registered."""

from podium_ml.registries.folder_registry import Named, Registry
from podium_ml.registries.kind_packages import KINDS_VARIABLE, kind_packages

__all__ = ["KINDS_VARIABLE", "Named", "Registry", "kind_packages"]
