"""Requests to http(s) servers that keep a secret to the host that it is for."""

import http.client
import urllib.request
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request

from podium_ml.values.addresses import query_variable, reveal_query

# Timeout for connecting, and for each wait for more bytes.
SECONDS = 8
_URL_CHARACTERS = "%/:=&?~#+!$,;'@()*[]"


def open_url(url: str, *, method: str = "GET") -> http.client.HTTPResponse:
    """Send a request and return the answer.

    Args:
        url: Address; its query may name a variable that holds a secret.
        method: Method of the request.

    Raises:
        DataError: The variable may not be used for this address.
        HTTPError, URLError, OSError, HTTPException, ValueError: The request failed.
    """
    revealed = reveal_query(url)
    secret = revealed.partition("?")[2] if query_variable(url) else ""
    # The caller has checked that the scheme is http or https.
    request = Request(quote(revealed, safe=_URL_CHARACTERS), method=method, headers={"User-Agent": "podium"})  # noqa: S310
    opener = urllib.request.build_opener(_CarefulRedirects(secret))
    return opener.open(request, timeout=SECONDS)


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
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            kept = "&".join(one for one in after.query.split("&") if one not in self._secret)
            newurl = urlunsplit(after._replace(query=kept))
        return super().redirect_request(req, fp, code, msg, headers, newurl)
