"""The studio of a cluster: one application for each user and namespace, behind one door."""

import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Collection
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from podium.studio.app import make_pages
from podium.studio.cluster.access import Access
from podium.studio.cluster.gateway import Gateway
from podium.studio.cluster.registries import FOLDER_VARIABLE, registry_of
from podium.studio.door import WRITES, Keys, foreign, limited, with_headers
from podium.studio.guard import Guard
from podium.studio.shared import Studio
from podium.studio.surroundings import Surroundings
from podium.studio.workplace import Workplace

# A name of a namespace: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_BELOW = re.compile(r"/ns/(?P<namespace>[^/]+)(?P<rest>/.*)?")
GATEWAY_VARIABLE = "PODIUM_STUDIO_GATEWAY"
_MOST_APPS = 64
_HEALTH = "/healthz"


class ClusterStudio:
    """Lets in users whom the gateway names, into namespaces in which they may list runs.

    Args:
        data: Folder that keeps the runs and drafts of each namespace.
        gateway: Says who a request is from.
        access: Says what a user may do.
        hosts: Names of the gateway, as browsers know it.
        prefix: Path that the gateway shows the studio under, like ``/podium``.
        store: Address of the store, below which each namespace has its uploads.
        registries: Folder with a file for the registry of each namespace; ``None`` for none.
    """

    def __init__(
        self,
        data: Path,
        *,
        gateway: Gateway,
        access: Access,
        hosts: Collection[str],
        prefix: str = "",
        store: str = "",
        registries: Path | None = None,
    ) -> None:
        self._data, self._gateway, self._access = data, gateway, access
        self._hosts, self._prefix, self._store = frozenset(hosts), prefix, store
        self._registries = registries
        self._apps: OrderedDict[tuple[str, str], ASGIApp] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on to the application of its user and namespace."""
        if scope["type"] != "http":
            return
        answer = await self._answer(Request(scope))
        await answer(scope, limited(receive), with_headers(send, frames="'self'"))

    async def _answer(self, request: Request) -> ASGIApp:
        path = request.url.path.removeprefix(self._prefix)
        if path == _HEALTH:
            return PlainTextResponse("ok")
        if refusal := foreign(request, self._hosts):
            return refusal
        user = self._gateway.user_of(request)
        if user is None:
            return PlainTextResponse("Sign in to Kubeflow, and open the studio from its dashboard.", 401)
        if path in ("", "/"):
            return self._entry(request)
        match = _BELOW.fullmatch(path)
        namespace = match["namespace"] if match else ""
        if not _NAMESPACE.fullmatch(namespace):
            return PlainTextResponse("There is no such page.", 404)
        verb = "create" if request.method in WRITES else "list"
        if not await self._access.allows(user, namespace, verb, "runs"):
            return PlainTextResponse(f"{user} may not {verb} runs in the namespace {namespace}.", 403)
        return self._app(user, namespace)

    def _entry(self, request: Request) -> Response:
        """Lead to the namespace that the dashboard names."""
        namespace = request.query_params.get("ns", "")
        if not _NAMESPACE.fullmatch(namespace):
            return PlainTextResponse("Choose a namespace at the top of Kubeflow's dashboard.")
        return RedirectResponse(f"{self._prefix}/ns/{namespace}/", 303)

    def _app(self, user: str, namespace: str) -> ASGIApp:
        """Return the application of a user in a namespace; those that nobody has used for long are forgotten."""
        key = (user, namespace)
        if key not in self._apps:
            self._apps[key] = make_pages(self._studio(user, namespace))
            if len(self._apps) > _MOST_APPS:
                self._apps.popitem(last=False)
        self._apps.move_to_end(key)
        return self._apps[key]

    def _studio(self, user: str, namespace: str) -> Studio:
        workplace = Workplace(self._data / namespace / "runs", (), _private(user))
        return Studio(
            workplace,
            Keys(workplace.own / "session.key", user=user),
            prefix=f"{self._prefix}/ns/{namespace}",
            surroundings=Surroundings.of_namespace(
                namespace,
                user=user,
                store=self._store,
                uploads=workplace.own / "uploads",
                registry=registry_of(self._registries, namespace),
            ),
            guard=Guard(lambda verb, resource: self._access.allows(user, namespace, verb, resource)),
        )


def _private(user: str) -> str:
    """Return the name of the folder of a user's drafts and uploads."""
    return hashlib.sha256(user.encode()).hexdigest()[:24]


def gateway_identity() -> str:
    """Return the identity of the gateway in the mesh that the environment names; empty for none."""
    return os.environ.get(GATEWAY_VARIABLE, "")


def cluster_studio(data: Path, *, hosts: Collection[str], prefix: str) -> ClusterStudio:
    """Return the studio of the cluster that the environment describes.

    Args:
        data: Folder that keeps the runs and drafts of each namespace.
        hosts: Names of the gateway.
        prefix: Path that the gateway shows the studio under.
    """
    gateway = Gateway(
        gateway_identity(),
        header=os.environ.get("PODIUM_STUDIO_USER_HEADER", "kubeflow-userid"),
    )
    folder = os.environ.get(FOLDER_VARIABLE)
    return ClusterStudio(
        data,
        gateway=gateway,
        access=Access(),
        hosts=hosts,
        prefix=prefix,
        store=os.environ.get("PODIUM_STORE", ""),
        registries=Path(folder) if folder else None,
    )
