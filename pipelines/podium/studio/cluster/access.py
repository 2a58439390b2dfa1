"""What a user may do in a namespace, as the cluster says: a SubjectAccessReview for each question."""

import asyncio
import time
from collections.abc import Callable

from podium.servers.connections import Connections
from podium.servers.rights import Right, user_may
from podium_ml.errors import PodiumError

# The rights that Kubeflow Pipelines itself asks for.
GROUP = "pipelines.kubeflow.org"
# An answer holds for so many seconds, so that a page is not a dozen questions.
_SECONDS = 20.0
_MOST = 10_000

Ask = Callable[[str, Right, str], bool]


class Access:
    """Answers whether users may do something; an answer that cannot be had is no.

    Args:
        ask: Asks the cluster about a user, a right and a namespace; by default with the account of this pod.
    """

    def __init__(self, ask: Ask | None = None) -> None:
        self._ask = ask or (lambda user, right, namespace: user_may(Connections(), user, right, namespace))
        self._granted: dict[tuple[str, str, str, str], float] = {}

    async def allows(self, user: str, namespace: str, verb: str, resource: str) -> bool:
        """Return whether a user may do something.

        Args:
            user: The user.
            namespace: Where.
            verb: Such as ``create``.
            resource: Such as ``runs``, of Kubeflow Pipelines.
        """
        key, now = (user, namespace, verb, resource), time.monotonic()
        if self._granted.get(key, 0.0) > now:
            return True
        try:
            granted = await asyncio.to_thread(self._ask, user, Right(verb, resource, GROUP), namespace)
        except PodiumError:
            return False
        if granted:
            if len(self._granted) >= _MOST:
                self._granted.clear()
            self._granted[key] = now + _SECONDS
        return granted
