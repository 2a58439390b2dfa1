"""Why pods of a run do not start: every reason that Kubernetes gives once it has waited for a while."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from podium.servers.connections import Connections
from podium.servers.errors import ServerError, one_line
from podium.servers.pod_states import PodState
from podium.servers.pods import cluster_errors, core_api, list_pods, part_of_pod

# A pod may wait this long before that is reported.
PATIENCE_SECONDS = 30.0
_SECONDS = 10.0
# Reasons that every pod gives for a moment; if it lasts, its events say what is missing.
_USUAL = ("ContainerCreating", "PodInitializing")
# Events of pods that are about to run, however slowly.
_PROGRESS = ("Pulled", "Created", "Started")
_NO_IMAGE = (
    *("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"),
    *("ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed"),
)
_BACK_OFF = re.compile(r'Back-off pulling image "[^"]*":? ?')


@dataclass(frozen=True)
class Hindrance:
    """A reason why pods do not start.

    Attributes:
        text: The reason, in one sentence.
        about: The same for all pods and times that have this reason, to report it once.
    """

    text: str
    about: str


def hindrances(connections: Connections, pods: Iterable[Any]) -> list[Hindrance]:
    """Return the reasons why pods do not start, each once.

    Args:
        connections: Settings of the servers.
        pods: The pods, as Kubernetes describes them.
    """
    waiting = [pod for pod in pods if _waits_long(pod)]
    return _once(one for pod in waiting for one in _of_pod(connections, pod))


def argo_hindrances(states: Iterable[PodState]) -> list[Hindrance]:
    """Return the reasons why pods do not start that Argo's record of a run gives.

    Args:
        states: The pods of the run.
    """
    waiting = [
        one for one in states if one.status == "waiting" and _seconds_since(one.began) >= PATIENCE_SECONDS
    ]
    told = [one for one in waiting if one.message and one.message not in _USUAL]
    return _once(_waits(one.part, one.message, "") for one in told)


def is_active(pod: Any) -> bool:
    """Return whether a pod waits or runs, as Kubernetes describes it."""
    return pod.status.phase in ("Pending", "Running")


def images_waited_for(connections: Connections) -> set[str]:
    """Return the images that pods of runs wait for because they cannot be pulled.

    Args:
        connections: Settings of the servers.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow looking at pods.
    """
    return {
        container.image
        for pod in list_pods(connections, phase="Pending")
        for container in _waiting_containers(pod)
        if container.state.waiting.reason in _NO_IMAGE
    }


def _waits_long(pod: Any) -> bool:
    if not is_active(pod) or pod.metadata.deletion_timestamp:
        return False
    scheduled = _condition(pod, "PodScheduled")
    since = scheduled.last_transition_time if scheduled else pod.metadata.creation_timestamp
    return _seconds_since(since) >= PATIENCE_SECONDS


def _of_pod(connections: Connections, pod: Any) -> Iterator[Hindrance]:
    scheduled = _condition(pod, "PodScheduled")
    if scheduled and scheduled.status == "False":
        reason = str(scheduled.message or scheduled.reason).partition(". ")[0].rstrip(".")
        yield _hindrance(f"A pod cannot be scheduled on any node: {reason}.")
        return
    part, waiting = part_of_pod(pod)[0], _waiting_containers(pod)
    if waiting and waiting[0].state.waiting.reason in _NO_IMAGE:
        yield _missing_image(waiting[0])
    elif waiting and waiting[0].state.waiting.reason not in _USUAL:
        state = waiting[0].state.waiting
        yield _waits(part, f"{state.reason}: {state.message or ''}", pod.metadata.name)
    elif pod.status.phase == "Pending" and not _initializes(pod):
        event = _last_event(connections, pod) or "its container is not created yet"
        if event.partition(":")[0] not in _PROGRESS:
            yield _waits(part, event, pod.metadata.name)


def _missing_image(container: Any) -> Hindrance:
    message = one_line(_BACK_OFF.sub("", container.state.waiting.message or ""), 300)
    why = f": {message}" if message else ""
    return Hindrance(f"The image {container.image} cannot be pulled{why}.", f"image {container.image}")


def _waits(part: str, why: str, pod: str) -> Hindrance:
    reason = one_line(why.rstrip(": "), 300)
    return _hindrance(
        f"The pod of {part} cannot start: {reason}.", about=reason.replace(pod, "") if pod else reason
    )


def _hindrance(text: str, *, about: str = "") -> Hindrance:
    """Return a hindrance; numbers and ids in its text change while the reason stays the same."""
    return Hindrance(text, re.sub(r"\b(?=[0-9a-f-]*\d)[0-9a-f-]+(s|ms)?\b", "", about or text))


def _waiting_containers(pod: Any) -> list[Any]:
    """Return the containers that wait, in the order in which they would start."""
    known = [*(pod.status.init_container_statuses or ()), *(pod.status.container_statuses or ())]
    return [one for one in known if one.state and one.state.waiting]


def _initializes(pod: Any) -> bool:
    """Whether a container that prepares the pod is running."""
    return any(one.state and one.state.running for one in pod.status.init_container_statuses or ())


def _last_event(connections: Connections, pod: Any) -> str:
    """Return the last event of a pod, a warning if there is one; empty if the user may not see events."""
    with suppress(ServerError), cluster_errors(connections):
        events = core_api(connections).list_namespaced_event(
            connections.namespace_of_runs,
            field_selector=f"involvedObject.uid={pod.metadata.uid}",
            _request_timeout=_SECONDS,
        )
        ordered = sorted(events.items, key=lambda one: (one.type == "Warning", _time(one)))
        return f"{ordered[-1].reason}: {ordered[-1].message}" if ordered else ""
    return ""


def _time(event: Any) -> datetime:
    return event.last_timestamp or event.event_time or event.metadata.creation_timestamp


def _condition(pod: Any, name: str) -> Any:
    return next((one for one in pod.status.conditions or () if one.type == name), None)


def _seconds_since(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()


def _once(found: Iterable[Hindrance]) -> list[Hindrance]:
    return list({one.about: one for one in found}.values())
