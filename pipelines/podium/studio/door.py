"""Who may come in: this machine's user, from the studio's own pages.

A page of another site can send requests to a local server, and a name that it owns can point to this machine. So the
server answers to its own names alone, asks for a cookie that only its first link gives, and takes changes only from its
own pages.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from podium_ml.reporting.formats import size

LARGEST_BODY = 5 * 1024**3
COOKIE, FIELD = "podium_studio", "csrf"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_OPEN = ("/static/",)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Keys:
    """The secrets of the studio.

    Args:
        file: File that keeps the key of the sessions, so that a browser stays signed in when the studio is restarted.
        user: Whose forms these are, where several users share the key.
    """

    def __init__(self, file: Path, *, user: str = "") -> None:
        self._key, self._user = _stored_key(file), user
        self._token: str | None = secrets.token_urlsafe(24)

    @property
    def token(self) -> str:
        """The word of the first link; it is good for one sign-in."""
        return self._token or ""

    def take(self, token: str) -> bool:
        """Whether a word is that of the first link, which is not good any more then."""
        if not self._token or not hmac.compare_digest(token.encode(), self._token.encode()):
            return False
        self._token = None
        return True

    @property
    def session(self) -> str:
        """The value of the cookie."""
        return self._signed("session")

    @property
    def form(self) -> str:
        """The value that each form carries."""
        return self._signed(f"form {self._user}")

    def knows(self, request: Request) -> bool:
        """Whether a request comes from a browser that has signed in."""
        return hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self.session.encode())

    def has_form(self, value: object) -> bool:
        """Whether a value is the one that each form carries."""
        return isinstance(value, str) and hmac.compare_digest(value.encode(), self.form.encode())

    def _signed(self, purpose: str) -> str:
        return hmac.new(self._key, purpose.encode(), hashlib.sha256).hexdigest()


class Door:
    """Lets in requests of the user, and adds the headers that bind the pages.

    Args:
        app: What is behind the door.
        keys: The secrets.
        hosts: Names of this server.
    """

    def __init__(self, app: ASGIApp, *, keys: Keys, hosts: Collection[str]) -> None:
        self._app, self._keys, self._hosts = app, keys, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(Request(scope))
        await (refusal or self._app)(scope, limited(receive), with_headers(send))

    def _refusal(self, request: Request) -> Response | None:
        if refusal := foreign(request, self._hosts):
            return refusal
        if request.url.path.startswith(_OPEN):
            return None
        if (token := request.query_params.get("token")) is not None and self._keys.take(token):
            return self._signed_in(request.url)
        if not self._keys.knows(request):
            return PlainTextResponse(
                "Open the link that `podium studio` printed. It is good for one browser; start it again for another.",
                401,
            )
        return None

    def _signed_in(self, url: URL) -> Response:
        response = RedirectResponse(url.path, 303)
        response.set_cookie(COOKIE, self._keys.session, httponly=True, samesite="strict")
        return response


def foreign(request: Request, hosts: Collection[str]) -> Response | None:
    """Refuse requests under another name, and changes from other sites.

    Args:
        request: The request.
        hosts: Names of this server.
    """
    if _host(request.headers) not in hosts:
        return PlainTextResponse("This server has another name.", 421)
    if request.method in WRITES and not _from_own_page(request):
        return PlainTextResponse("This change comes from another site.", 403)
    return None


def _host(headers: Headers) -> str:
    """Return the name in the header ``Host``, without the port."""
    return (urlsplit(f"//{headers.get('host', '')}").hostname or "").lower()


def _from_own_page(request: Request) -> bool:
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def limited(receive: Receive) -> Receive:
    """Return a way to receive that refuses a body which is too large, as soon as it is.

    Args:
        receive: Receives.
    """
    seen = 0

    async def wrapped() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise HTTPException(
                413,
                f"The upload is larger than {size(LARGEST_BODY)}. Put the file on this machine or into a bucket.",
            )
        return message

    return wrapped


def with_headers(send: Send, *, frames: str = "'none'") -> Send:
    """Return a way to send that adds the headers which bind the pages.

    Args:
        send: Sends.
        frames: Whose pages may show these in a frame, in the words of a content security policy.
    """

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", f"{_POLICY}{frames}")
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return wrapped


def _stored_key(file: Path) -> bytes:
    """Return the key in a file; a file that others may read is replaced."""
    try:
        if file.stat().st_mode & 0o077 == 0 and len(key := file.read_bytes()) == hashlib.sha256().digest_size:
            return key
        file.unlink()
    except OSError:
        pass
    key = secrets.token_bytes(hashlib.sha256().digest_size)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(key)
    return key
