"""Requests to http(s) servers: a secret goes to its host alone, and no request to a host that a run may not reach."""

import http.client
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from podium_ml.confinement import check_host, connect
from podium_ml.ingestion._patience import Patience
from podium_ml.values.addresses import public_name, query_variable, reveal_query

# Timeout for connecting, and for each wait for more bytes.
SECONDS = 8
_URL_CHARACTERS = "%/:=&?~#+!$,;'@()*[]"


class Answer:
    """The answer of a server, which must arrive in time.

    Args:
        response: The response.
        patience: What ends it if it takes too long.

    Attributes:
        headers: Its headers.
    """

    def __init__(self, response: http.client.HTTPResponse, patience: Patience) -> None:
        self._response, self._patience = response, patience
        self.headers = response.headers

    def read(self, most: int) -> bytes:
        """Return some bytes as soon as they have arrived, none at the end.

        Args:
            most: Maximum number of bytes.

        Raises:
            DataError: They take too long.
            OSError, HTTPException: The connection is lost.
        """
        with self._patience.checked():
            chunk = self._response.read1(most)
        self._patience.count(len(chunk))
        return chunk


@contextmanager
def open_url(url: str, *, method: str = "GET") -> Iterator[Answer]:
    """Send a request and provide the answer.

    Args:
        url: Address; its query may name a variable that holds a secret.
        method: Method of the request.

    Raises:
        DataError: The variable may not be used for this address, a run may not reach the host, or it takes too long.
        HTTPError, URLError, OSError, HTTPException, ValueError: The request failed.
    """
    revealed = reveal_query(url)
    secret = revealed.partition("?")[2] if query_variable(url) else ""
    # The caller has checked that the scheme is http or https.
    request = Request(quote(revealed, safe=_URL_CHARACTERS), method=method, headers={"User-Agent": "podium"})  # noqa: S310
    with Patience(public_name(url)) as patience:
        with patience.checked():
            response = _opener(secret, patience).open(request, timeout=SECONDS)
        with response:
            yield Answer(response, patience)


def _opener(secret: str, patience: Patience) -> OpenerDirector:
    """Return what sends requests: over http and https alone, as redirects may lead to other schemes."""
    opener = OpenerDirector()
    for handler in (
        _CheckedProxies(),
        _Http(patience),
        _Https(patience),
        _CarefulRedirects(secret),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
        UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


class _CheckedProxies(ProxyHandler):
    """Sends requests through the proxies of the environment, but only to hosts that a run may reach."""

    def proxy_open(self, req: Request, proxy: str, type: str) -> Any:
        """Send a request through a proxy."""
        place = urlsplit(f"//{req.host}")
        check_host(place.hostname or "", place.port or (443 if req.type == "https" else 80))
        return super().proxy_open(req, proxy, type)


class _Http(HTTPHandler):
    """Connects to the address that was checked.

    Args:
        patience: What ends the connection if it takes too long.
    """

    def __init__(self, patience: Patience) -> None:
        super().__init__()
        self._patience = patience

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        """Send a request over http."""
        return self.do_open(_maker(http.client.HTTPConnection, req, self._patience), req)


class _Https(HTTPSHandler):
    """As ``_Http``, with a certificate that is valid for the name of the host."""

    def __init__(self, patience: Patience) -> None:
        self._certificates = ssl.create_default_context()
        super().__init__(context=self._certificates)
        self._patience = patience

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        """Send a request over https."""
        make = _maker(http.client.HTTPSConnection, req, self._patience)
        return self.do_open(make, req, context=self._certificates)


def _maker(base: Any, request: Request, patience: Patience) -> Callable[..., Any]:
    """Return a function that makes connections of a class."""

    class Connection(base):  # type: ignore[misc]
        def __init__(self, host: str, **options: Any) -> None:
            super().__init__(host, **options)
            # The owner of the environment chose the proxy, and its target has been checked.
            if not (request.has_proxy() or getattr(request, "_tunnel_host", None)):
                self._create_connection = connect

        def connect(self) -> None:
            super().connect()
            patience.watch(self.sock)

    return Connection


class _CarefulRedirects(HTTPRedirectHandler):
    """Follows redirects, but never from https to http, and never with the secret to another place.

    Args:
        secret: Query that only the first host may see; empty if there is none.
    """

    def __init__(self, secret: str) -> None:
        self._secret = set(filter(None, quote(secret, safe=_URL_CHARACTERS).split("&")))

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        """Return the request to the next address."""
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if before.scheme == "https" and after.scheme != "https":
            raise HTTPError(req.full_url, code, "it redirects from https to http", headers, fp)
        if fp:
            fp.close()  # The base class would read all of it.
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            kept = "&".join(one for one in after.query.split("&") if one not in self._secret)
            newurl = urlunsplit(after._replace(query=kept))
        return super().redirect_request(req, fp, code, msg, headers, newurl)
