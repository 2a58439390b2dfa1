"""Commands of ``podium`` in processes of their own: the server itself reads no data and loads no model."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from podium_ml.errors import PodiumError

# Commands that may run at the same time, and seconds after which one is ended.
_AT_ONCE, _PATIENCE = 2, 300.0
_BUG = 1


class Children:
    """Runs commands, a few at a time.

    Args:
        folder: Their working folder.
        environment: Variables beside those of the server.

    Attributes:
        turns: What a command waits for before it starts.
    """

    def __init__(self, folder: Path, *, environment: Mapping[str, str] | None = None) -> None:
        self._folder, self.turns = folder, asyncio.Semaphore(_AT_ONCE)
        self._environment = {**os.environ, **(environment or {})}

    async def json(self, *words: str) -> Any:
        """Run a command that prints JSON, and return it; see ``text``."""
        return json.loads(await self.text(*words))

    async def text(self, *words: str, patience: float = _PATIENCE) -> str:
        """Run a command and return what it prints.

        Args:
            *words: The command and its options, after ``podium``.
            patience: Seconds after which it is ended.

        Raises:
            PodiumError: It failed, with its message.
        """
        async with self.turns:
            child = await self.start(*words, out=asyncio.subprocess.PIPE)
            try:
                out, err = await asyncio.wait_for(child.communicate(), patience)
            except (TimeoutError, asyncio.CancelledError) as error:
                child.kill()
                await child.wait()
                if isinstance(error, asyncio.CancelledError):
                    raise
                raise PodiumError(f"This took more than {patience:.0f} seconds, and was ended.") from None
        if child.returncode:
            raise PodiumError(_message(err.decode(errors="replace")))
        return out.decode()

    async def start(self, *words: str, out: int = asyncio.subprocess.DEVNULL) -> asyncio.subprocess.Process:
        """Start a command without waiting for it, or for its turn.

        Args:
            *words: The command and its options.
            out: Where its output goes.
        """
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "podium.main", *words),
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )


def _message(text: str) -> str:
    """Return the error among the lines of a command."""
    lines = text.strip().splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith("Error:")), 0)
    lines = [line.removeprefix("Error:").strip() for line in lines[start:]]
    return "\n".join(filter(None, lines)) or "The command failed without a message."
