"""Connections to hosts that a stranger names: checked after resolving, and made to the address that was checked."""

import ipaddress
import socket
from dataclasses import dataclass

from podium_ml.confinement._public import is_metadata
from podium_ml.confinement.lists import HOSTS, IPAddress, Lists, is_confined
from podium_ml.errors import DataError


@dataclass(frozen=True)
class Address:
    """An address of a host.

    Attributes:
        family: Address family of the socket.
        place: What the socket connects to.
    """

    family: socket.AddressFamily
    place: tuple[str, int]

    @property
    def number(self) -> IPAddress:
        """The address itself."""
        return ipaddress.ip_address(self.place[0].partition("%")[0])


def check_host(host: str, port: int | None) -> None:
    """Refuse a host to which a run may not connect; for connections that somebody else makes, such as a proxy.

    A name that the owner lists need not be known here, because a proxy may know more names.

    Args:
        host: Name or address of the host.
        port: Port; ``None`` if it is unknown.

    Raises:
        DataError: The owner's list does not allow it, or it leads to where no list may lead.
        OSError: The host does not exist.
    """
    if not is_confined():
        return
    try:
        find_addresses(host, port)
    except OSError:
        if not Lists.read().allow_host(host, port):
            raise


def find_addresses(host: str, port: int | None) -> list[Address]:
    """Resolve a host and return its addresses, all of which a run may reach.

    Args:
        host: Name or address of the host, in any notation that the system understands.
        port: Port; ``None`` if it is unknown.

    Raises:
        DataError: The owner's list does not allow one of them, or no list may.
        OSError: The host does not exist.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [Address(family, place) for family, _, _, _, place in found]  # type: ignore[arg-type]
    if is_confined() and not _is_allowed(host, port, addresses):
        raise DataError(
            f"Runs on this cluster may not connect to {host}.",
            f"The cluster's owner lists the hosts that they may reach in {HOSTS}.",
        )
    return addresses


def connect(
    address: tuple[str, int], timeout: float | None = None, source_address: tuple[str, int] | None = None
) -> socket.socket:
    """Connect like ``socket.create_connection``, but only to addresses that a run may reach.

    The host is resolved once, so another answer of its name server cannot lead elsewhere after the check.

    Args:
        address: Host and port.
        timeout: Seconds to wait for each address.
        source_address: Host and port to connect from.

    Raises:
        DataError: The owner's list does not allow the host.
        OSError: The host does not exist or does not answer.
    """
    failure: OSError | None = None
    for one in find_addresses(*address):
        try:
            return socket.create_connection(one.place[:2], timeout, source_address)
        except OSError as error:
            failure = error
    raise failure or OSError(f"{address[0]} has no address")


def _is_allowed(host: str, port: int | None, addresses: list[Address]) -> bool:
    if any(is_metadata(one.number) for one in addresses):
        return False
    lists = Lists.read()
    return lists.allow_host(host, port) or all(lists.allow_address(one.number, port) for one in addresses)
