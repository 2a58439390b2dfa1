"""HTTP connections to an object store: timeouts, retries, certificates, proxies."""

import os
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from podium_ml.object_store.errors import StoreError

if TYPE_CHECKING:
    from urllib3 import PoolManager, Retry

CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
# Requests at once to one store.
CONNECTIONS = 8

# Pauses between attempts grow to this, so that transfers survive a restart of the store.
_LONGEST_PAUSE_SECONDS = 20
# nginx's "client closed request", which is not a standard HTTP status; MinIO ends requests with it while it shuts down.
_ENDED_BY_STORE = 499
_TRANSIENT = (
    _ENDED_BY_STORE,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
_AUTHORITIES = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def retries(attempts: int) -> "Retry":
    """Return the rule for repeating a request: lost connections, and answers that say that the store is busy.

    Args:
        attempts: Maximum number of attempts.
    """
    from urllib3 import Retry

    return Retry(
        total=attempts - 1,
        # A redirect may lead to a stranger's host. Another region is found without it.
        redirect=False,
        allowed_methods=None,
        status_forcelist=_TRANSIENT,
        raise_on_status=False,
        backoff_factor=0.5,
        backoff_max=_LONGEST_PAUSE_SECONDS,
        respect_retry_after_header=False,
    )


def http_client(
    endpoint: str, attempts: int, *, connect: float | None = None, read: float | None = None
) -> "PoolManager":
    """Return a client for one store.

    Args:
        endpoint: URL of the store.
        attempts: Maximum number of attempts per request.
        connect: Seconds to wait for a connection.
        read: Seconds to wait for the next bytes.

    Raises:
        StoreError: The file of certificates does not exist.
    """
    from urllib3 import PoolManager, ProxyManager, Timeout

    options: dict[str, Any] = {
        "timeout": Timeout(connect=connect or CONNECT_SECONDS, read=read or READ_SECONDS),
        "maxsize": CONNECTIONS,
        "retries": retries(attempts),
        "cert_reqs": "CERT_REQUIRED",
        "ca_certs": authorities() or _public_authorities(),
    }
    proxy = proxy_of(endpoint)
    return ProxyManager(proxy, proxy_headers=_sign_in(proxy), **options) if proxy else PoolManager(**options)


def authorities() -> str:
    """Return the file with the certificates of private authorities that the environment names, or an empty string.

    Raises:
        StoreError: It does not exist.
    """
    name = next((name for name in _AUTHORITIES if os.environ.get(name)), "")
    path = os.environ.get(name, "")
    if path and not os.path.isfile(path):  # noqa: PTH113 - no error without permission
        raise StoreError(
            "refused", f"{name} is {path}, where there is no file of certificates", "Certificate"
        )
    return path


def _public_authorities() -> str:
    import certifi

    return certifi.where()


def proxy_of(endpoint: str) -> str:
    """Return the proxy that the environment sets for a host, or an empty string."""
    url = urlsplit(endpoint)
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all", "")
    if not proxy or proxy_bypass(url.netloc):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _sign_in(proxy: str) -> dict[str, str]:
    from urllib3 import make_headers

    url = urlsplit(proxy)
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return dict(make_headers(proxy_basic_auth=f"{user}:{password}")) if user else {}
