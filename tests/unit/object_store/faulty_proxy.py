"""An HTTP proxy before an object store, which does to chosen requests what real stores and networks do."""

import http.client
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import urlsplit

Fault = Callable[["Handler", bytes], None]


@dataclass
class Rule:
    """A fault, and the requests that it is for.

    Attributes:
        fault: What to do with a request.
        methods: Methods of the requests, separated by spaces; all if empty.
        part: What the path contains.
        times: How often.
        after: How many such requests to leave alone first.
    """

    fault: Fault
    methods: str = ""
    part: str = ""
    times: int = 1_000_000
    after: int = 0


@dataclass
class FaultyProxy:
    """A running proxy.

    Attributes:
        target: Address of the store.
        address: Address of the proxy.
        rules: What to do wrong.
        hits: How many requests met a rule.
        signed: For each request, whether it carried a signature.
    """

    target: str
    address: str = ""
    rules: list[Rule] = field(default_factory=list)
    hits: int = 0
    signed: list[bool] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def fault_for(self, method: str, path: str) -> Fault | None:
        """Return the fault of the first rule for a request, which is counted."""
        with self.lock:
            for rule in self.rules:
                if rule.times and rule.part in path and method in (rule.methods.split() or [method]):
                    if rule.after:
                        rule.after -= 1
                        return None
                    rule.times -= 1
                    self.hits += 1
                    return rule.fault
        return None


class Handler(BaseHTTPRequestHandler):
    """One connection to the proxy."""

    protocol_version = "HTTP/1.1"
    proxy: FaultyProxy

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):  # the client has gone
            self.close_connection = True

    def answer(self) -> None:
        """Answer a request, or do what the rules say instead."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.proxy.signed.append("Authorization" in self.headers)
        fault = self.proxy.fault_for(self.command, self.path)
        if fault:
            fault(self, body)
        else:
            self.send(*self.forward(body))

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer

    def forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send the request to the store, and return its status, headers and content."""
        target = urlsplit(self.proxy.target)
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        # Signatures cover the name of the host, so that it stays that of the proxy.
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def send(
        self, status: int, headers: list[tuple[str, str]], content: bytes, *, most: int | None = None
    ) -> None:
        """Send an answer, of which the content may break off."""
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        length = next((value for name, value in headers if name.lower() == "content-length"), "")
        self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[:most])

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def refuse(status: int, code: str, *, region: str = "") -> Fault:
    """Answer with an error instead of the store."""

    def fault(handler: Handler, _: bytes) -> None:
        inside = f"<Code>{code}</Code><Message>in a test</Message>"
        text = f"<?xml version='1.0'?><Error>{inside}{f'<Region>{region}</Region>' if region else ''}</Error>"
        headers = [("Content-Type", "application/xml")]
        if region:
            headers.append(("x-amz-bucket-region", region))
        handler.send(status, headers, text.encode())

    return fault


def refuse_other_regions(region: str) -> Fault:
    """Accept only requests that are signed for a region."""

    def fault(handler: Handler, body: bytes) -> None:
        if f"/{region}/s3/" in handler.headers.get("Authorization", ""):
            handler.send(*handler.forward(body))
        else:
            refuse(400, "AuthorizationHeaderMalformed", region=region)(handler, body)

    return fault


def lose_connection(handler: Handler, _: bytes) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def lose_answer(handler: Handler, body: bytes) -> None:
    """Let the store do it, and close the connection without an answer."""
    handler.forward(body)
    handler.close_connection = True


def break_off(handler: Handler, body: bytes) -> None:
    """Close the connection after half of the content."""
    status, headers, content = handler.forward(body)
    handler.send(status, headers, content, most=len(content) // 2)
    handler.close_connection = True


def be_slow(handler: Handler, body: bytes) -> None:
    """Send the content in pieces with pauses between them."""
    status, headers, content = handler.forward(body)
    handler.send(status, headers, content, most=0)
    for start in range(0, len(content), step := max(1, len(content) // 8)):
        time.sleep(0.05)
        handler.wfile.write(content[start : start + step])
        handler.wfile.flush()


def be_silent(handler: Handler, _: bytes) -> None:
    """Never answer."""
    time.sleep(3)
    handler.close_connection = True


def ignore_ranges(handler: Handler, body: bytes) -> None:
    """Answer as if the whole object had been asked for."""
    _, headers, content = handler.forward(body)
    handler.send(200, headers, content)


@contextmanager
def faulty_proxy(target: str, *rules: Rule, certificate: str = "") -> Iterator[FaultyProxy]:
    """Run a proxy.

    Args:
        target: Address of the store.
        *rules: What to do wrong.
        certificate: File with key and certificate for ``127.0.0.1``, to be reached with https.
    """
    proxy = FaultyProxy(target, rules=list(rules))
    handler = type("Bound", (Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads, server.block_on_close = True, False
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    proxy.address = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
