"""The error raised when supervised work fails."""


class StageFailedError(Exception):
    """A supervised call failed.

    Args:
        message: What happened, in words for the user.
        hint: What to do about it; may be empty.
        kind: ``user`` (bad input or settings), ``memory``, ``timeout``, ``killed`` or ``bug``.
        trace: Traceback of the child, for the log; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "", kind: str = "bug", trace: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message, self.hint, self.kind, self.trace = message, hint, kind, trace
