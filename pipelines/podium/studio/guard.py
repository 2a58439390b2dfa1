"""What the user of a page may do; on a laptop, everything."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException

Allows = Callable[[str, str], Awaitable[bool]]


class Guard:
    """Refuses what a user may not do.

    Args:
        allows: Says whether the user may do something: a verb and a resource of Kubeflow Pipelines; by default, all.
    """

    def __init__(self, allows: Allows | None = None) -> None:
        self._allows = allows

    async def require(self, verb: str, resource: str) -> None:
        """Refuse what the user may not do.

        Raises:
            HTTPException: The cluster does not allow it.
        """
        if self._allows is not None and not await self._allows(verb, resource):
            raise HTTPException(403, f"You may not {verb} {resource} in this namespace.")
