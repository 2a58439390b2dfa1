"""Watches runs for the browsers that show them: each run is read once, however many watch it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass

from podium.studio.children import Children
from podium.studio.progress_view import Watched
from podium.studio.workplace import Workplace

_POLL_SECONDS, _HEARTBEAT_SECONDS = 0.5, 15.0
# Each is a process with a client of the server.
_MOST_FOLLOWERS = 8


@dataclass
class _Seen:
    """The latest state of a run, and its name."""

    watched: Watched
    text: str = ""
    id: str = ""


class LiveRuns:
    """The runs that are watched.

    Args:
        workplace: Where the runs are.
        children: Runs the commands that look after runs on a server while somebody watches them.
        title: Returns the title of a branch.
    """

    def __init__(
        self, workplace: Workplace, children: Children, *, title: Callable[[str], str] = str
    ) -> None:
        self._workplace, self._children, self._title = workplace, children, title
        self._followers: dict[str, asyncio.subprocess.Process] = {}
        self._seen: dict[str, _Seen] = {}
        self._news = asyncio.Condition()
        self._watchers: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    def now(self, name: str) -> str:
        """Return the state of a run, as JSON."""
        return self._look(name).text

    async def follow(self, name: str, *, after: str = "") -> AsyncIterator[str]:
        """Yield the state of a run whenever it changes, until the run ends, as server-sent events.

        Args:
            name: The run.
            after: Name of the last state that the browser has seen, which is not sent again.
        """
        seen = self._look(name)
        self._watchers[name] = self._watchers.get(name, 0) + 1
        await self._look_after(seen.watched)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._poll())

        def is_new() -> bool:
            return seen.id != after

        try:
            while True:
                if is_new():
                    after = seen.id
                    yield f"id: {after}\nevent: state\ndata: {seen.text}\n\n"
                    if json.loads(seen.text)["status"] != "running":
                        yield "event: end\ndata: {}\n\n"
                        return
                async with self._news:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait_for(is_new), _HEARTBEAT_SECONDS)
                if not is_new():
                    yield ": still here\n\n"
        finally:
            self._watchers[name] -= 1
            if not self._watchers[name]:
                del self._watchers[name]
                self._leave(name)

    async def _look_after(self, watched: Watched) -> None:
        """Start a command that fetches the progress of a run on a server, unless one is at work."""
        folder, state = watched.folder, watched.folder.state
        is_followed = (found := self._followers.get(folder.path.name)) and found.returncode is None
        if state.engine == "local" or state.status != "running" or is_followed:
            return
        if len(self._followers) < _MOST_FOLLOWERS:
            self._followers[folder.path.name] = await self._children.start(
                "watch", "--quiet", "--", str(folder.path)
            )

    def _leave(self, name: str) -> None:
        """End the command that looks after a run which nobody watches any more; the run goes on."""
        follower = self._followers.pop(name, None)
        if follower is not None and follower.returncode is None:
            follower.terminate()

    async def _poll(self) -> None:
        while self._watchers:
            before = {name: self._seen[name].id for name in self._watchers if name in self._seen}
            for name in list(self._watchers):
                self._look(name)
            if any(self._seen[name].id != known for name, known in before.items()):
                async with self._news:
                    self._news.notify_all()
            await asyncio.sleep(_POLL_SECONDS)

    def _look(self, name: str) -> _Seen:
        seen = self._seen.get(name)
        if seen is None:
            seen = self._seen[name] = _Seen(Watched(self._workplace.run(name), self._title))
        if seen.watched.news() or not seen.text:
            snapshot = seen.watched.snapshot()
            # The same after a restart of the studio: a browser that comes back need not see it again.
            titled = any(one["title"] != one["algorithm"] for one in snapshot["branches"])
            seen.id = f"{snapshot['events']}-{snapshot['status']}{'-titled' * titled}"
            seen.text = json.dumps(snapshot)
        return seen
