"""Commands that load a model: as they are on a laptop, confined in the pod of a cluster.

A model is a pickle, and in a cluster that of another user. So there it is loaded in a child that reaches nothing but
the model and one folder: no other file, no credential and no connection. What the child writes is read as text and
numbers.
"""

import asyncio
import resource
from collections.abc import Sequence
from pathlib import Path

from podium.studio.children import Children
from podium_components.supervision import Confinement, StageFailedError, can_confine, supervise
from podium_ml.errors import PodiumError, RunError

# Seconds, memory and the largest file of a confined command.
_PATIENCE, _MEMORY, _LARGEST_FILE = 300.0, 2 * 1024**3, 1024**3


class ModelCommands:
    """Runs commands that load a model.

    Args:
        children: Runs the other commands, with which these share their turns.
        confined: Whether models may be those of strangers.
    """

    def __init__(self, children: Children, *, confined: bool) -> None:
        self._children, self._confined = children, confined

    async def run(self, *words: str, reads: Sequence[Path], writes: Path) -> None:
        """Run a command.

        Args:
            *words: The command and its options, after ``podium``.
            reads: Files and folders that it needs.
            writes: Folder that it writes to.

        Raises:
            PodiumError: It failed, or it cannot be confined here.
        """
        if not self._confined:
            await self._children.text(*words)
            return
        if not can_confine():
            raise RunError(
                "The studio cannot load models here: Linux before 6.7 cannot confine them.",
                "Download the model and use it on your machine, or ask for nodes with a newer kernel.",
            )
        limits = Confinement(tuple(map(str, reads)), (str(writes),))
        async with self._children.turns:
            await asyncio.to_thread(_supervised, list(words), limits)


def command(words: Sequence[str]) -> None:
    """Run a command in this process, which is confined already.

    Args:
        words: The command and its options.
    """
    from podium.commands import app_for

    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    app_for(words)(args=list(words), prog_name="podium", standalone_mode=False)


def _supervised(words: list[str], limits: Confinement) -> None:
    call = f"{command.__module__}:{command.__name__}"
    try:
        supervise(call, {"words": words}, timeout=_PATIENCE, memory=_MEMORY, confinement=limits)
    except StageFailedError as failure:
        raise PodiumError(failure.message, failure.hint) from None
