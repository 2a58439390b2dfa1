"""The logs of a run on a server: from the object store, and of pods that still run or were killed, from Kubernetes."""

import difflib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from podium.engines.failures import states_of
from podium.servers.connections import Connections
from podium.servers.deliveries import Deliveries, Log, in_order
from podium.servers.errors import ServerError
from podium.servers.kubeflow import Kubeflow, status_of
from podium.servers.pod_states import PodState
from podium.servers.pods import printed
from podium_ml.errors import RunError
from podium_ml.run.stages import STAGES, TASKS

_CLOSING = "finalize_run"


class RunLogs:
    """The logs of one run.

    Args:
        kubeflow: The server.
        connections: Settings of the servers.
        deliveries: Outputs of the run's tasks.
        run: The run as the server describes it.
    """

    def __init__(
        self, kubeflow: Kubeflow, connections: Connections, deliveries: Deliveries, run: Any
    ) -> None:
        self._connections, self._deliveries, self._run = connections, deliveries, run
        self._states = states_of(kubeflow, connections, str(run.run_id))

    def lines(self, asked: str = "") -> Iterator[str]:
        """Yield the lines of the logs, in the order in which the tasks began.

        Args:
            asked: An algorithm, a stage or a task; all by default.

        Raises:
            RunError: There is no such part of the run, or it has printed nothing.
        """
        found = in_order(self._all())
        part = self._known(asked, {log.part for log in found}) if asked else ""
        logs = [log for log in found if part in ("", log.part)]
        if not logs:
            raise RunError(self._silence(part))
        for log in logs:
            yield f"==> {log.part} <=="
            yield from log.text.splitlines()

    def _all(self) -> Iterator[Log]:
        stored = self._deliveries.logs()
        yield from stored
        names = {log.part for log in stored}
        for state in self._states:
            is_new = state.status == "running" or (state.status == "failed" and state.part not in names)
            if is_new and state.pod and not state.is_driver:
                with suppress(ServerError):
                    yield Log(state.part, printed(self._connections, state.pod))

    def _known(self, asked: str, with_logs: set[str]) -> str:
        """Return the algorithm or task that a name means.

        Args:
            asked: The name.
            with_logs: The algorithms and tasks that have logs.

        Raises:
            RunError: There is none in this run.
        """
        name = asked.replace("-", "_")
        states = {state.part for state in self._states if not state.is_driver}
        tasks = [*TASKS, _CLOSING]
        branches = sorted({*self._deliveries.plan(), *states, *with_logs} - set(tasks))
        parts = {part: part for part in (*branches, *tasks)}
        parts |= {stage.name: stage.task for stage in STAGES}
        if name in parts:
            return parts[name]
        near = difflib.get_close_matches(name, parts)
        hint = f"Did you mean {', '.join(near)}?" if near else f"There are: {', '.join(parts)}."
        raise RunError(f"This run has no branch and no stage named '{asked}'.", hint)

    def _silence(self, part: str) -> str:
        """Return why there is no log."""
        if not part:
            return "The run has printed nothing yet."
        found = sorted((one for one in self._states if one.part == part), key=lambda state: state.began)
        last: PodState | None = found[-1] if found else None
        if last is not None and last.status == "failed":
            return f"The log of {part} is gone with its pod. {last.failure}"
        if last is not None or status_of(self._run) == "running":
            return f"{part} has printed nothing yet."
        return f"{part} did not run: its result was taken from an earlier run, or the run ended before it."
