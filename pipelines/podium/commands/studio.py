"""``podium studio``."""

from pathlib import Path
from typing import Annotated, Any

import typer


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
    prefix: Annotated[str, typer.Option("--prefix", help="Path that a proxy shows it under.")] = "",
    cluster: Annotated[
        bool,
        typer.Option(
            "--cluster", help="Serve many users behind Kubeflow's gateway; see manifests/README.md."
        ),
    ] = False,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """Open the web studio: prepare, start, watch and use runs without code."""
    from podium.studio.serving import serve_cluster, serve_laptop
    from podium_ml.errors import SettingsError

    roots = tuple(path.absolute() for path in data or [Path.cwd()])
    if missing := [str(root) for root in roots if not root.is_dir()]:
        raise SettingsError(f"--data: {', '.join(missing)} is no folder.", "Name a folder that exists.")
    prefix = f"/{prefix.strip('/')}" if prefix.strip("/") else ""
    where: dict[str, Any] = {"host": host, "port": port, "names": name or [], "prefix": prefix}
    if cluster:
        serve_cluster(runs.absolute(), **where)
        return
    serve_laptop(runs.absolute(), roots, open_browser=browser, **where)
