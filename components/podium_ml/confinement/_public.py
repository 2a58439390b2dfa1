"""Which addresses belong to the public internet."""

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


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet, and not of this machine, its networks or its cloud.

    >>> is_public(IPv4Address("1.1.1.1")), is_public(IPv4Address("10.0.0.1")), is_public(IPv6Address("::ffff:7f00:1"))
    (True, False, False)
    """
    if isinstance(address, IPv6Address) and any(address in network for network in _CARRIERS):
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    is_special = (
        address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global
    )
    return not is_special and not any(address in network for network in _INWARD)
