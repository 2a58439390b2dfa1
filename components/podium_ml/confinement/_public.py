"""Which addresses belong to the public internet, and which no run may ever reach."""

from ipaddress import IPv4Address, IPv6Address, ip_network

# Networks that carry an IPv4 address in their last 32 bits.
_CARRIERS = (ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96"))
# Addresses that count as public but lead to the host's own network: tunnels, old relays, and Azure's metadata server.
_INWARD = tuple(
    ip_network(text)
    for text in (
        *("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24"),
        *("::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10"),
    )
)
# Where clouds hand out credentials of the machine: link-local addresses, and those of AWS over IPv6, Azure and Alibaba.
_METADATA = tuple(
    ip_network(text)
    for text in (
        *("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128"),
        *("168.63.129.16/32", "100.100.100.200/32"),
    )
)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet, and not of this machine, its networks or its cloud.

    >>> is_public(IPv4Address("1.1.1.1")), is_public(IPv4Address("10.0.0.1")), is_public(IPv6Address("::ffff:7f00:1"))
    (True, False, False)
    """
    address = _carried(address)
    is_special = (
        address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global
    )
    return not is_special and not any(address in network for network in _INWARD)


def is_metadata(address: IPv4Address | IPv6Address) -> bool:
    """Whether a cloud may hand out credentials at an address, so that no list of an owner opens it.

    >>> is_metadata(IPv4Address("169.254.169.254")), is_metadata(IPv6Address("::ffff:a9fe:a9fe"))
    (True, True)
    >>> is_metadata(IPv4Address("10.0.0.1"))
    False
    """
    return any(_carried(address) in network for network in _METADATA)


def _carried(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address carries, if it does."""
    if isinstance(address, IPv6Address) and any(address in network for network in _CARRIERS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
