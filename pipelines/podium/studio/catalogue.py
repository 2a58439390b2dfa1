"""What can be chosen: algorithms, the values that they search, and metrics, as commands list them."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from podium.studio.children import Children
from podium_ml.contracts.branch import parse_branch_name
from podium_ml.errors import PodiumError
from podium_ml.kinds import Kind

Row = dict[str, Any]


@dataclass(frozen=True)
class Choices:
    """What there is for one kind of problem, as rows of what the commands print; empty if it cannot be listed.

    Attributes:
        algorithms: ``podium algorithms``.
        spaces: ``podium algorithms --spaces``.
        metrics: ``podium metrics``.
    """

    algorithms: tuple[Row, ...] = ()
    spaces: tuple[Row, ...] = ()
    metrics: tuple[Row, ...] = ()

    def of(self, kind: Kind) -> "Choices":
        """Return what there is for a kind."""
        return Choices(
            tuple(row for row in self.algorithms if row["kind"] == kind.name),
            tuple(row for row in self.spaces if row["kind"] == kind.name),
            tuple(row for row in self.metrics if not kind.tasks or _has_task(row, kind)),
        )


class Catalogue:
    """Lists the choices once, in the background, because importing all algorithms takes seconds.

    Args:
        children: Runs commands.
    """

    def __init__(self, children: Children) -> None:
        self._children = children
        self._task: asyncio.Task[Choices] | None = None

    def begin(self) -> "asyncio.Task[Choices]":
        """Begin to list the choices, unless that is done or going on."""
        if self._task is None or (self._task.done() and not self._listed(self._task)):
            self._task = asyncio.create_task(self._read())
        return self._task

    async def of(self, kind: Kind) -> Choices:
        """Return the choices for a kind of problem."""
        return (await asyncio.shield(self.begin())).of(kind)

    def title(self, branch: str) -> str:
        """Return the title of the algorithm of a branch; its name until the choices are listed.

        Args:
            branch: Name of the branch, which tells its part of the series if there are several.
        """
        name, shard, shards = parse_branch_name(branch)
        rows = self._task.result().algorithms if self._task and self._listed(self._task) else ()
        title = next((str(row["title"]) for row in rows if row["name"] == name), name)
        return f"{title}, part {shard + 1} of {shards}" if shards > 1 else title

    async def _read(self) -> Choices:
        with suppress(PodiumError):
            return Choices(
                tuple(await self._children.json("algorithms", "--json")),
                tuple(await self._children.json("algorithms", "--spaces", "--json")),
                tuple(await self._children.json("metrics", "--json")),
            )
        return Choices()

    @staticmethod
    def _listed(task: "asyncio.Task[Choices]") -> bool:
        is_done = task.done() and not task.cancelled() and task.exception() is None
        return is_done and bool(task.result().algorithms)


def _has_task(row: Row, kind: Kind) -> bool:
    return not set(str(row["tasks"]).split(", ")).isdisjoint(kind.tasks)
