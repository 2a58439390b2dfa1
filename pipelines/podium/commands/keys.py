"""``podium keys``."""

from typing import Annotated

import typer


def keys(
    trusted: Annotated[
        str, typer.Option("--trust", metavar="KEY", help="Trust the models that this public key signed.")
    ] = "",
    new: Annotated[bool, typer.Option("--new", help="Print a new pair of keys for a cluster.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the keys whose models runs load as champions, and where each comes from."""
    from podium.commands._output import show_rows
    from podium.terminal import say
    from podium_ml.champions import keys as known

    if new:
        private = known.new_key()
        say(f"{known.SIGNING_VARIABLE}={private}\n{known.TRUSTED_VARIABLE}={known.public_half(private)}")
        return
    if trusted:
        say(f"Added to {known.trust(trusted)}.")
        return
    known.signing_key(make=True)
    rows = [{"key": key, "from": place} for key, place in known.trusted_keys().items()]
    show_rows(rows, as_json=as_json)
    if known.trusts_any() and not as_json:
        say(f"{known.TRUSTED_VARIABLE}={known.ANY}: models of everybody are loaded, also unsigned ones.")
