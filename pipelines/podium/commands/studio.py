"""``podium studio``."""

from pathlib import Path
from typing import Annotated

import typer

from podium.terminal import say

_GRACE_SECONDS = 2


def studio(
    runs: Annotated[Path, typer.Option("--runs", help="Folder of the runs.")] = Path("runs"),
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="Folder whose files may be used as data; the working folder by default."),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="A further name of this server, if a proxy is before it."),
    ] = None,
    prefix: Annotated[str, typer.Option("--prefix", help="Path under which a proxy shows it.")] = "",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """Open the web studio: prepare, start, watch and use runs without code."""
    import uvicorn

    from podium.studio.app import LOCAL_HOSTS, make_app
    from podium.studio.door import Keys
    from podium.studio.workplace import Workplace
    from podium_ml.errors import SettingsError

    roots = tuple(path.absolute() for path in data or [Path.cwd()])
    if missing := [str(root) for root in roots if not root.is_dir()]:
        raise SettingsError(f"--data: {', '.join(missing)} is no folder.", "Name a folder that exists.")
    workplace = Workplace(runs.absolute(), roots)
    keys = Keys(workplace.own / "session.key")
    prefix = f"/{prefix.strip('/')}" if prefix.strip("/") else ""
    hosts = {*LOCAL_HOSTS, *(name or []), *([host] if host not in ("0.0.0.0", "::") else [])}  # noqa: S104
    config = uvicorn.Config(
        make_app(workplace, keys, hosts=hosts, prefix=prefix),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    address = (
        f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{listening.getsockname()[1]}{prefix}"  # noqa: S104
    )
    link = f"{address}/?token={keys.token}"
    say(
        f"The studio is at {link}\nThe link is good for one browser. Stop the studio with Ctrl-C; runs go on.",
        flush=True,
    )
    if browser:
        import webbrowser

        webbrowser.open(link)
    server.run(sockets=[listening])
