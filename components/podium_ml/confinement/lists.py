"""The lists of the cluster's owner, which are environment variables of the pods."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address

from podium_ml.confinement._public import is_public

IPAddress = IPv4Address | IPv6Address

# What pods of runs have and no other process has: the start of the run, and Kubeflow's name of the pod.
STUDIO_VARIABLE = "PODIUM_STUDIO_NAMESPACE"
_SIGNS = ("PODIUM_RUN_BEGAN", "KFP_POD_NAME", STUDIO_VARIABLE)
ANY, PUBLIC = "*", "public"
HOSTS, BUCKETS = "PODIUM_ALLOWED_HOSTS", "PODIUM_ALLOWED_BUCKETS"
FOLDERS, NAMES = "PODIUM_ALLOWED_FOLDERS", "PODIUM_ALLOWED_NAMES"
METRICS = "PODIUM_ALLOWED_METRICS"
# What each holds is written down in manifests/README.md.
VARIABLES = (HOSTS, BUCKETS, FOLDERS, NAMES, METRICS)
# If a variable is not set: what the manifests of Podium deploy.
_DEFAULTS = {
    HOSTS: f"{PUBLIC}, minio.podium.svc:9000",
    BUCKETS: "mlpipeline",
    FOLDERS: "",
    NAMES: ANY,
    METRICS: "",
}
_SEPARATORS = re.compile(r"[,\n]")
_PORT = re.compile(r"(?P<host>\[[^]]+\]|[^:]+):(?P<port>\d+)")
_CLUSTER_DOMAIN = ".cluster.local"


def is_confined() -> bool:
    """Whether this process belongs to the pod of a run, or does the work of a studio that many users share."""
    return any(sign in os.environ for sign in _SIGNS)


@dataclass(frozen=True)
class Lists:
    """What the settings of a run may name.

    Attributes:
        hosts: Hosts, addresses and ranges, each with or without a port; ``public`` for all public addresses.
        buckets: Buckets, or folders in them.
        folders: Folders of this machine.
        names: Names of models and experiments.
        metrics: Functions in the image that may be imported as metrics, as ``module:function``.
    """

    hosts: tuple[str, ...]
    buckets: tuple[str, ...]
    folders: tuple[str, ...]
    names: tuple[str, ...]
    metrics: tuple[str, ...]

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "Lists":
        """Read the lists.

        Args:
            environment: Environment variables; by default those of the process.
        """
        given = os.environ if environment is None else environment
        found = (_split(given.get(name, _DEFAULTS[name])) for name in VARIABLES)
        hosts, buckets, folders, names, metrics = found
        return cls(hosts, buckets, folders, names or (ANY,), metrics)

    def allow_host(self, host: str, port: int | None) -> bool:
        """Whether a host is allowed by its name, whatever its addresses are.

        Args:
            host: Name or address.
            port: Port; ``None`` if it is unknown.
        """
        return any(_is_named(plain_host(host), port, entry) for entry in self.hosts)

    def allow_address(self, address: IPAddress, port: int | None) -> bool:
        """Whether an address is allowed, whatever the name of its host is."""
        return any(_holds(address, port, entry) for entry in self.hosts)

    def allow_object(self, bucket: str, key: str) -> bool:
        """Whether an object, or all objects whose keys begin like this, are allowed."""
        return any(_holds_object(bucket, key, entry) for entry in self.buckets)

    def allow_name(self, name: str) -> bool:
        """Whether a model or an experiment of this name is allowed."""
        return any(fnmatchcase(name, entry) for entry in self.names)

    def allow_metric(self, path: str) -> bool:
        """Whether a function may be imported as a metric."""
        return any(fnmatchcase(path, entry) for entry in self.metrics)


def plain_host(host: str) -> str:
    """Return a host in the form in which hosts are compared.

    >>> plain_host("MinIO.podium.svc.cluster.local."), plain_host("[::1]")
    ('minio.podium.svc', '::1')
    """
    return host.strip("[]").rstrip(".").lower().removesuffix(_CLUSTER_DOMAIN)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SEPARATORS.split(text) if part.strip())


def _parts(entry: str) -> tuple[str, int | None]:
    """Return the host and the port of an entry."""
    match = _PORT.fullmatch(entry)
    return (plain_host(match["host"]), int(match["port"])) if match else (plain_host(entry), None)


def _is_named(host: str, port: int | None, entry: str) -> bool:
    wanted, only = _parts(entry)
    if entry == ANY:
        return True
    is_same = host.endswith(wanted[1:]) if wanted.startswith("*.") else host == wanted
    return is_same and only in (None, port)


def _holds(address: IPAddress, port: int | None, entry: str) -> bool:
    if entry == PUBLIC:
        return is_public(address)
    wanted, only = _parts(entry)
    try:
        return address in ipaddress.ip_network(wanted, strict=False) and only in (None, port)
    except ValueError:  # a name
        return False


def _holds_object(bucket: str, key: str, entry: str) -> bool:
    wanted, _, folder = entry.partition("/")
    folder = folder.strip("/")
    return fnmatchcase(bucket, wanted) and (not folder or key == folder or key.startswith(f"{folder}/"))
