"""What runs of the tests import first to reach no other machine."""

import pytest

_REFUSES = """
import socket

connect = socket.socket.connect


def refused(self, address):
    if self.family != socket.AF_UNIX and not str(address[0]).startswith(("127.", "::1", "localhost")):
        raise OSError(f"the test allows no connection to {address}")
    return connect(self, address)


socket.socket.connect = refused
"""


def forbid_network(folder, changed: pytest.MonkeyPatch) -> None:
    """Let processes that start from now on reach this machine alone; ``folder`` gets what they import."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_REFUSES)
    changed.setenv("PYTHONPATH", str(folder), prepend=":")
