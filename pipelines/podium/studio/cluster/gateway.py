"""Who a request is from, if it comes from the gateway, which has signed the user in.

A header is a claim that anybody in the cluster can send. So it counts only beside the certificate of the gateway, which
the proxy beside the studio (Istio's sidecar) has checked, and with which it replaces what the client sent as
``X-Forwarded-Client-Cert``: https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/
"""

import ipaddress
import re

from starlette.requests import Request

CERTIFICATE = "x-forwarded-client-cert"
_USER = re.compile(r"[\w.+@:|/=-]{1,254}")
# Commas between certificates and semicolons between their fields; neither counts inside of quotes.
_CERTIFICATES = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
_FIELDS = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')


class Gateway:
    """The gateway whose word about users counts.

    Args:
        identity: Its identity in the mesh, like ``spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway``.
        header: Header in which it names the user.
    """

    def __init__(self, identity: str, *, header: str = "kubeflow-userid") -> None:
        self.identity, self.header = identity, header.lower()

    def user_of(self, request: Request) -> str | None:
        """Return the user of a request, or ``None`` if it does not come from the gateway or names no user."""
        if not self.identity or not _is_from_proxy(request):
            return None
        certificates = request.headers.getlist(CERTIFICATE)
        if len(certificates) != 1 or identities_of(certificates[0]) != [self.identity]:
            return None
        users = request.headers.getlist(self.header)
        return users[0] if len(users) == 1 and _USER.fullmatch(users[0]) else None


def identities_of(certificates: str) -> list[str]:
    """Return the identities that the header of certificates names; of several certificates, those of all.

    >>> identities_of('By=spiffe://a;Hash=1;Subject="CN=x;URI=spiffe://evil";URI=spiffe://b')
    ['spiffe://b']
    """
    return [
        value.strip('"')
        for certificate in _CERTIFICATES.split(certificates)
        for name, _, value in (field.partition("=") for field in _FIELDS.split(certificate))
        if name.strip().lower() == "uri"
    ]


def _is_from_proxy(request: Request) -> bool:
    """Whether a request was made on this machine, as the proxy in the same pod makes all."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
