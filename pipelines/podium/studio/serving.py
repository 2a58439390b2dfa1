"""Listens for browsers, on a laptop or behind the gateway of a cluster."""

import socket
from collections.abc import Collection
from pathlib import Path
from typing import Any

import uvicorn

from podium.studio.app import LOCAL_HOSTS, make_app
from podium.studio.door import Keys
from podium.studio.workplace import Workplace
from podium.terminal import say
from podium_ml.errors import SettingsError

_GRACE_SECONDS, _QUEUE = 2, 128
_ANY = ("0.0.0.0", "::")  # noqa: S104 - named, not listened at


def serve_laptop(
    runs: Path,
    roots: tuple[Path, ...],
    *,
    host: str,
    port: int,
    names: Collection[str],
    prefix: str,
    open_browser: bool,
) -> None:
    """Serve the user of this machine until the process is ended.

    Args:
        runs: Folder of the runs.
        roots: Folders whose files may be used as data.
        host: Address to listen at.
        port: Port; 0 takes a free one.
        names: Further names of this server.
        prefix: Path that a proxy shows the studio under.
        open_browser: Whether to open the browser.
    """
    workplace = Workplace(runs, roots)
    keys = Keys(workplace.own / "session.key")
    hosts = {*LOCAL_HOSTS, *names, *([] if host in _ANY else [host])}
    server, listening = _server(make_app(workplace, keys, hosts=hosts, prefix=prefix), host, port)
    shown = "127.0.0.1" if host in _ANY else host
    link = f"http://{shown}:{listening.getsockname()[1]}{prefix}/?token={keys.token}"
    say(
        f"The studio is at {link}\nThe link is good for one browser. Stop the studio with Ctrl-C; runs go on.",
        flush=True,
    )
    if open_browser:
        import webbrowser

        webbrowser.open(link)
    server.run(sockets=[listening])


def serve_cluster(data: Path, *, host: str, port: int, names: Collection[str], prefix: str) -> None:
    """Serve the users of a cluster, whom its gateway names, until the process is ended.

    Args:
        data: Folder that keeps the runs and drafts of each namespace.
        host: Address to listen at.
        port: Port.
        names: Names of the gateway.
        prefix: Path that the gateway shows the studio under.

    Raises:
        SettingsError: The names or the identity of the gateway are missing.
    """
    from podium.studio.cluster.app import GATEWAY_VARIABLE, cluster_studio, gateway_identity

    if not names:
        raise SettingsError(
            "--cluster: the name of the gateway is missing.", "Give --name, as browsers know it."
        )
    if not gateway_identity():
        raise SettingsError(
            f"--cluster: {GATEWAY_VARIABLE} is not set.", "It is the identity of the gateway in the mesh."
        )
    server, listening = _server(cluster_studio(data, hosts=names, prefix=prefix), host, port)
    say(f"The studio listens at port {listening.getsockname()[1]}, path {prefix or '/'}.", flush=True)
    server.run(sockets=[listening])


def _server(app: Any, host: str, port: int) -> tuple[uvicorn.Server, socket.socket]:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        # Headers about other addresses are claims of clients.
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    listening = config.bind_socket()
    # A browser that is quicker than the server waits.
    listening.listen(_QUEUE)
    return uvicorn.Server(config), listening
