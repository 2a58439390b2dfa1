"""Everything that a user can ask for, checked in one place."""

from podium_ml.settings.tabular import ReaderOptions, Settings, without_secrets

__all__ = ["ReaderOptions", "Settings", "without_secrets"]
