"""Which addresses lead inside: to this machine, its neighbours, the cloud's register.

Whoever types an address for us to call may not use us as their hands in the machine
room. What the operator lists may be called; everything else inside may not.
"""

import socket
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, Self
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
_NAT64: Final = IPv6Network("64:ff9b::/96")
_OURSELF: Final = IPv4Address("127.0.0.1")
# What the world's register calls open and is not: the registers that a cloud keeps of
# its machines under a number like any other, and the sites of before `fc00::/7`.
_REGISTERS: Final = frozenset({IPv4Address("168.63.129.16")})
_OLD_SITES: Final = IPv6Network("fec0::/10")


@dataclass(frozen=True)
class Allowed:
    """What inside may be called: host names, as they are typed, and networks."""

    names: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, told: str) -> Self:
        """Read a list such as `bus.qinghe.example, 10.20.0.0/16, 127.0.0.1`.

        Raises:
            ValueError: a network that is none, such as 10.20.0.1/16.
        """
        names, networks = set(), []
        for one in filter(None, (part.strip() for part in told.split(","))):
            if "/" in one or literal(one) is not None:
                networks.append(ip_network(one))
            else:
                names.add(_plain(one))
        return cls(frozenset(names), tuple(networks))

    def and_hosts_of(self, *urls: str) -> Self:
        """The same, and whatever the operator's own settings name as an address."""
        named = {_plain(urlsplit(url).hostname or "") for url in urls} - {""}
        places = [at for at in map(literal, named) if at is not None]
        networks = (*self.networks, *(ip_network(str(at)) for at in places))
        return type(self)(self.names | named, networks)

    def may_call(self, host: str, at: Address) -> bool:
        """Whether this host may be called where it was found to be."""
        at = _unwrapped(at)
        return (
            is_open(at)
            or _plain(host) in self.names
            or any(at in network for network in self.networks)
        )

    def may_name(self, host: str) -> bool:
        """The same before anybody looks it up: of numbers, and of our own name."""
        plain = _plain(host)
        here = plain == "localhost" or plain.endswith(".localhost")
        at = _OURSELF if here else literal(host)
        return at is None or self.may_call(host, at)


NOBODY: Final = Allowed()


def is_open(at: Address) -> bool:
    """It belongs to the open network, as far as its number tells."""
    if at in _REGISTERS or at in _OLD_SITES:
        return False
    return at.is_global and not (at.is_multicast or at.is_reserved)


def literal(host: str) -> Address | None:
    """The address that a host's name is, if it is one, however it is written.

    Systems also read 2130706433, 0x7f.1 and 127.1 as addresses of this machine.
    """
    plain = _plain(host)
    try:
        return ip_address(plain)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(plain))
    except (OSError, UnicodeError):
        return None


def _unwrapped(at: Address) -> Address:
    """The older address within a newer one, which is where the call would end."""
    if isinstance(at, IPv4Address):
        return at
    if at in _NAT64:
        return IPv4Address(int(at) & 0xFFFF_FFFF)
    return at.ipv4_mapped or at.sixtofour or at


def _plain(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()
