"""Errors worded for the user: what was wrong, where, and what to do."""


class PodiumError(Exception):
    """Base class of all errors that the user can fix; shown as one message, never as a traceback.

    Args:
        message: What was wrong and where (file, column, row), in one sentence.
        hint: What to do about it, in one sentence; empty if the message is enough.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[type["PodiumError"], tuple[str, str]]:
        return type(self), (self.message, self.hint)


class SettingsError(PodiumError):
    """A setting is unknown, out of range, or contradicts another."""


class DataError(PodiumError):
    """The data cannot be read or cannot be used for training."""


class SchemaError(DataError):
    """New data does not have the columns or types that the model was trained on."""


class ModelFileError(PodiumError):
    """A model file is corrupted, not from Podium, or from an incompatible version."""


class TrainingError(PodiumError):
    """No candidate could be trained."""


class RunError(PodiumError):
    """A run does not exist, is not finished, or cannot be resumed."""


class RunFailedError(PodiumError):
    """A run failed for a reason other than its input: memory, time, a killed process, or a bug."""


class RegistryError(PodiumError):
    """The file of an algorithm, metric, reader or guardrail is broken, duplicated or unknown."""
