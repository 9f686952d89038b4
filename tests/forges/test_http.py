"""Asking patiently, over real connections to a server on loopback."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ForgeError, UsageError
from evalkit.forges.http import Answer, Client, Patience, quoted
from forges.serving import FakeForge, Fault, Refused, Reply
from tests.forges.conftest import QUICK
from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from forges.serving import Call, Route

JSON = {"content-type": "application/json"}


class Listing(FakeForge):
    """Serves a list in pages, keeps what is posted, and shows headers."""

    def __init__(self) -> None:
        super().__init__(page=3)
        self.kept: list[object] = []

    def admit(self, call: Call) -> None:
        """Take anything."""

    def refusal(self, refused: Refused) -> object:
        """Say what is refused."""
        return {"message": refused.message}

    def routes(self) -> list[Route]:
        """Return the endpoints."""
        return [
            ("GET", "/list", lambda call: self.paged(call, list(range(8)), "state")),
            ("GET", "/object", lambda _: Reply({})),
            ("GET", "/nothing", lambda _: Reply(None, 204)),
            ("POST", "/kept", self._keep),
        ]

    def _keep(self, call: Call) -> Reply:
        self.kept.append(call.document)
        return Reply({"kept": len(self.kept)}, 201)


@pytest.fixture
def server() -> Iterator[Listing]:
    """Give the server."""
    listing = Listing()
    with listing:
        yield listing


def _advice(answer: Answer, words: str, needs: str) -> str | None:
    return f"{answer.status} {words} {needs}"


def _client(server: FakeForge, patience: Patience = QUICK) -> Client:
    return Client("Forge", server.url, {"Authorization": "Bearer secret"}, advice=_advice, patience=patience)


def _fault(status: int, words: str = "", **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(HttpAnswer(status, f'{{"message": "{words}"}}'.encode(), {**JSON, **named}))


def test_a_list_is_read_to_its_end(server: Listing) -> None:
    """Page by page, with the parameters kept, as many entries a page as the server gives."""
    assert list(_client(server).pages("/list", {"state": "open"}, needs="")) == list(range(8))
    assert [call.query for call in server.requests] == [
        {"state": "open", "per_page": "100"},
        {"state": "open", "per_page": "100", "page": "2"},
        {"state": "open", "per_page": "100", "page": "3"},
    ]


def test_a_list_ends_with_whoever_stops_reading(server: Listing) -> None:
    """No page is asked for that nobody wants."""
    assert next(_client(server).pages("/list", {}, needs="")) == 0
    assert len(server.requests) == 1


def test_the_next_page_is_asked_of_the_same_server(server: Listing) -> None:
    """A link to another host would carry the token there."""
    link = '<http://127.0.0.1:1/list?page=3>; rel="next", <http://127.0.0.1:1/list?page=9>; rel="last"'
    server.faults.append(Fault(HttpAnswer(200, b"[]", {**JSON, "Link": link})))
    assert list(_client(server).pages("/list", {}, needs="")) == [6, 7]


def test_what_is_no_list_is_said(server: Listing) -> None:
    """Some other server may answer there."""
    with pytest.raises(ForgeError, match="GET /object with what is no list"):
        list(_client(server).pages("/object", {}, needs=""))


@pytest.mark.parametrize(
    "fault",
    [
        _fault(500),
        _fault(502),
        _fault(503),
        _fault(504),
        _fault(429),
        _fault(429, Retry_After="0"),
        _fault(403, "You have exceeded a secondary rate limit"),
        _fault(403, "Slow down", Retry_After="0"),
        _fault(403, "API rate limit exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="1"),
        _fault(429, "Retry later", RateLimit_Remaining="0", RateLimit_Reset="1"),
        Fault(HttpAnswer(manner="reset")),
        Fault(HttpAnswer(200, b'{"kept": 1}', manner="cut")),
    ],
    ids=lambda fault: f"{fault.answer.status} {fault.answer.manner} {' '.join(fault.answer.headers)}",
)
def test_what_passes_is_waited_for(server: Listing, fault: Fault) -> None:
    """Limits, faults of the server, and lost connections."""
    server.faults += [fault, fault]
    assert _client(server).ask("POST", "/kept", document={"a": 1}, needs="").document == {"kept": 1}
    assert [call.document for call in server.requests] == [{"a": 1}] * 3


@pytest.mark.parametrize("dated", [False, True], ids=["seconds", "date"])
def test_a_wait_is_as_long_as_the_server_asks(server: Listing, dated: bool) -> None:
    """In seconds or as a date, of which no second is known better than whole."""
    until = datetime.now(UTC) + timedelta(seconds=3)
    server.faults.append(_fault(429, Retry_After=format_datetime(until, usegmt=True) if dated else "1"))
    begun = time.monotonic()
    _client(server).ask("GET", "/object", needs="")
    assert time.monotonic() - begun >= 0.95


@pytest.mark.parametrize(
    "fault",
    [_fault(429, Retry_After="3600"), _fault(403, X_RateLimit_Remaining="0", X_RateLimit_Reset=str(2**33))],
    ids=["retry after", "reset"],
)
def test_a_wait_that_is_too_long_is_not_begun(server: Listing, fault: Fault) -> None:
    """The job would be ended before."""
    server.faults.append(fault)
    with pytest.raises(ForgeError, match=r"asks to wait \d+ s before GET /object, longer than evalkit waits") as caught:
        _client(server).ask("GET", "/object", needs="")
    assert caught.value.hint == "too much was asked of it with this token; run the command again later"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("fault", "words", "hint"),
    [
        (_fault(503, "Be back soon"), "answered GET /object with 503: Be back soon", "503 Be back soon all: read"),
        (_fault(429, "Slower"), "answered GET /object with 429: Slower", "too much was asked"),
        (Fault(HttpAnswer(manner="reset")), "did not answer GET /object in 4 attempts", "is 127.0.0.1 reachable"),
    ],
    ids=["unavailable", "limited", "reset"],
)
def test_attempts_come_to_an_end(server: Listing, fault: Fault, words: str, hint: str) -> None:
    """After as many as there may be, with what was last said."""
    server.faults += [fault] * 9
    with pytest.raises(ForgeError, match=words) as caught:
        _client(server).ask("GET", "/object", needs="all: read")
    assert len(server.requests) == QUICK.attempts
    assert (caught.value.hint or "").startswith(hint)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422])
def test_a_refusal_is_not_asked_again(server: Listing, status: int) -> None:
    """It carries what was said and what to do, and its status."""
    server.faults.append(_fault(status, "no"))
    with pytest.raises(ForgeError, match=f"answered GET /object with {status}: no$") as caught:
        _client(server).ask("GET", "/object", needs="all: read")
    assert (caught.value.status, caught.value.hint) == (status, f"{status} no all: read")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"message": "Bad", "errors": [{"field": "data"}]}', 'Bad [{"field": "data"}]'),
        (b'{"message": {"title": ["is too long"]}}', '{"title": ["is too long"]}'),
        (b'{"error": "insufficient_scope", "error_description": "The request wants more"}', "The request wants more"),
        (b'{"message": "' + b"long " * 200 + b'"}', "long long"),
        (b"<html>a page of a proxy</html>", None),
        (b"", None),
    ],
)
def test_what_a_refusal_says_is_shown_on_one_line(server: Listing, body: bytes, said: str | None) -> None:
    """In whatever form the two forges put it, and no longer than a few lines."""
    server.faults.append(Fault(HttpAnswer(422, body, JSON)))
    with pytest.raises(ForgeError) as caught:
        _client(server).ask("GET", "/object", needs="")
    assert caught.value.message.startswith("Forge answered GET /object with 422" + (f": {said}" if said else ""))
    assert len(caught.value.message) < 400
    assert "\n" not in caught.value.message


def test_what_is_not_there_may_be_an_answer(server: Listing) -> None:
    """Where the caller asked whether it is."""
    assert _client(server).ask("GET", "/absent", needs="", absent=True).status == 404
    assert _client(server).ask("GET", "/nothing", needs="").document is None


def test_a_page_in_the_place_of_an_answer_is_said(server: Listing) -> None:
    """As a proxy that wants a login gives."""
    server.faults.append(Fault(HttpAnswer(200, b"<html>log in</html>", {"content-type": "text/html"})))
    with pytest.raises(ForgeError, match=r"127\.0\.0\.1 answers with what is no JSON"):
        _client(server).ask("GET", "/object", needs="")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_followed_on_the_same_server(server: Listing, status: int) -> None:
    """As GitHub gives for a repository with a new name; what was posted is posted there."""
    server.faults.append(Fault(HttpAnswer(status, b"{}", {**JSON, "Location": "/kept"})))
    assert _client(server).ask("POST", "/moved", document={"a": 1}, needs="").status == 201
    assert server.kept == [{"a": 1}]


def test_a_redirect_elsewhere_is_not_followed(server: Listing) -> None:
    """No other server gets the token."""
    with Listing() as other:
        server.faults.append(Fault(HttpAnswer(307, b"{}", {**JSON, "Location": f"{other.url}/kept"})))
        with pytest.raises(ForgeError, match="sends POST /kept elsewhere, where the token does not go"):
            _client(server).ask("POST", "/kept", document={}, needs="")
        assert other.requests == []


def test_redirects_come_to_an_end(server: Listing) -> None:
    """A circle is a refusal."""
    server.faults += [Fault(HttpAnswer(302, b"{}", {**JSON, "Location": f"/{number}"})) for number in range(9)]
    with pytest.raises(ForgeError, match="with 302"):
        _client(server).ask("GET", "/object", needs="")


def test_a_server_that_hangs_is_given_up(server: Listing) -> None:
    """After as long as one attempt may take."""
    server.faults.append(Fault(HttpAnswer(manner="hang")))
    patience = Patience(attempts=2, pause_s=0.001, timeout_s=0.2)
    assert _client(server, patience).ask("GET", "/object", needs="").status == 200


def test_every_request_says_who_asks(server: Listing) -> None:
    """GitHub refuses one without."""
    _client(server).ask("POST", "/kept", document={}, needs="")
    headers = server.requests[0].headers
    assert headers["user-agent"].startswith("evalkit/")
    assert headers["authorization"] == "Bearer secret"
    assert headers["content-type"] == "application/json"


def test_a_proxy_is_asked_where_the_environment_names_one(server: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a company's wall."""
    monkeypatch.setenv("http_proxy", server.host)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    client = Client("Forge", "http://forge.invalid/api", {}, advice=_advice, patience=QUICK)
    server.prefix = "/api"
    assert client.ask("GET", "/object", needs="").document == {}
    assert server.requests[0].headers["host"] == "forge.invalid"


@pytest.mark.parametrize(
    "address", ["", "api.github.com", "file:///etc/passwd", "ftp://host/api", "https://", "https://a b", "https://u@h"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """Above all one that would read a file."""
    with pytest.raises(UsageError, match="is no address of Forge's API"):
        Client("Forge", address, {}, advice=_advice, patience=QUICK)


def test_a_certificate_that_is_no_file_of_one_is_refused(tmp_path: Path) -> None:
    """In a sentence."""
    file = tmp_path / "authority.pem"
    file.write_text("no certificate", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read as a certificate"):
        Client("Forge", "https://forge.example", {}, advice=_advice, patience=QUICK, ca_file=str(file))


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, serve_tls: Callable[[Path], int]) -> None:
    """Unless its authority is named; nothing is asked again."""
    certificate = tmp_path / "own.pem"
    port = serve_tls(certificate)
    address = f"https://localhost:{port}"
    with pytest.raises(ForgeError, match="the certificate of localhost is not trusted") as caught:
        Client("Forge", address, {}, advice=_advice, patience=QUICK).ask("GET", "/object", needs="")
    assert "SSL_CERT_FILE" in (caught.value.hint or "")
    trusting = Client("Forge", address, {}, advice=_advice, patience=QUICK, ca_file=str(certificate))
    assert trusting.ask("GET", "/object", needs="").document == {}


@pytest.fixture
def serve_tls() -> Iterator[Callable[[Path], int]]:
    """Give a function that serves `{}` over TLS with a certificate of its own, and returns the port."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    class Quiet(HTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of clients that go away."""

    servers: list[HTTPServer] = []

    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")

    def serve(certificate: Path) -> int:
        key = certificate.with_suffix(".key")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = Quiet(("127.0.0.1", 0), Empty)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return server.server_address[1]

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_parts_of_a_path_are_quoted_whole() -> None:
    """A slash within one is no separator."""
    assert quoted("acme", "a/b", 3) == "acme/a%2Fb/3"
