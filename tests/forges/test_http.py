"""Requests to a forge: waiting, pages, redirects, and errors that say what to do."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from evalkit.errors import ForgeError, UsageError
from evalkit.forges.http import Answer, Client, Patience, quoted
from forges.serving import Call, FakeForge, Fault, Refused, Reply
from tests.forges.conftest import PATIENCE, TOKEN
from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from forges.serving import Route


class Shelf(FakeForge):
    """Five books, and a shop to put more there."""

    prefix = "/api"

    def __init__(self) -> None:
        super().__init__()
        self.books = ["a", "b", "c", "d", "e"]

    def routes(self) -> list[Route]:
        """Return the endpoints."""
        return [("GET", "/books", self._list), ("POST", "/books", self._add), ("GET", "/one", lambda _: Reply("a"))]

    def admit(self, call: Call) -> None:
        """Want the token."""
        if call.headers.get("token") != TOKEN:
            raise Refused(401, "who are you?")

    def refusal(self, refused: Refused) -> dict[str, str]:
        """Return the body of a refusal."""
        return {"message": refused.message}

    def _list(self, call: Call) -> Reply:
        return self.paged(call, self.books)

    def _add(self, call: Call) -> Reply:
        self.books.append(call.fields(["name"])["name"])
        return Reply({"count": len(self.books)}, 201)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """Give the server."""
    with Shelf() as server:
        yield server


def _advice(answer: Answer, words: str, needs: str) -> str:
    return f"{answer.status}, {words}, {needs}"


def _client(shelf: Shelf, patience: Patience = PATIENCE) -> Client:
    return Client("The shelf", shelf.url, {"Token": TOKEN}, advice=_advice, patience=patience)


def _said(status: int, message: str = "", headers: dict[str, str] | None = None) -> Fault:
    return Fault(HttpAnswer(status, json.dumps({"message": message}).encode(), headers or {}))


def test_lists_are_gone_through_page_by_page(shelf: Shelf) -> None:
    """Every entry comes once, though a page holds two."""
    assert list(_client(shelf).pages("/books", {}, needs="books")) == shelf.books
    assert [call.query.get("page") for call in shelf.requests] == [None, "2", "3"]
    assert all(call.query["per_page"] == "100" for call in shelf.requests)


def test_the_next_page_is_asked_for_at_the_same_host(shelf: Shelf) -> None:
    """A link that leads elsewhere gets neither the request nor the token."""
    link = {"Link": '<http://127.0.0.1:9/else?page=2>; rel="next"', "content-type": "application/json"}
    shelf.faults = [Fault(HttpAnswer(200, b'["a"]', link))]
    assert list(_client(shelf).pages("/books", {}, needs="books")) == ["a", "c", "d", "e"]


def test_what_is_no_list_is_an_error(shelf: Shelf) -> None:
    """A page of something else is no end of the list."""
    with pytest.raises(ForgeError, match="GET /one with what is no list"):
        list(_client(shelf).pages("/one", {}, needs="books"))


@pytest.mark.parametrize("manner", ["reset", "cut"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_passing_failures_are_asked_again(shelf: Shelf, status: int, manner: Literal["reset", "cut"]) -> None:
    """A failing server and a broken connection are met by a second and a third attempt."""
    shelf.faults = [_said(status), Fault(HttpAnswer(200, b'["aaaaaaaaaa"]', manner=manner))]
    assert _client(shelf).ask("GET", "/one", needs="books").document == "a"
    assert len(shelf.requests) == 3


def test_it_ends_after_the_last_attempt(shelf: Shelf) -> None:
    """What the last answer said is said."""
    shelf.faults = [_said(502, "bad gateway")] * 9
    with pytest.raises(ForgeError, match="The shelf answered GET /one with 502: bad gateway") as caught:
        _client(shelf).ask("GET", "/one", needs="books")
    assert (len(shelf.requests), caught.value.status) == (PATIENCE.attempts, 502)


@pytest.mark.parametrize(
    ("status", "message", "headers"),
    [
        (429, "slow down", {"Retry-After": "0"}),
        (429, "slow down", {}),
        (403, "You have exceeded a secondary rate limit", {}),
        (403, "spent", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}),
        (503, "busy", {"Retry-After": formatdate(0, usegmt=True)}),
        (429, "slow down", {"Retry-After": "soon"}),
    ],
)
def test_limits_are_waited_for(shelf: Shelf, status: int, message: str, headers: dict[str, str]) -> None:
    """However a server says that it was asked too often, it is asked again."""
    shelf.faults = [_said(status, message, headers)]
    assert _client(shelf).ask("GET", "/one", needs="books").document == "a"


def test_what_is_asked_for_is_waited(shelf: Shelf) -> None:
    """A wait that a server names is kept."""
    shelf.faults = [_said(429, headers={"Retry-After": "1"})]
    began = time.monotonic()
    _client(shelf).ask("GET", "/one", needs="books")
    assert time.monotonic() - began >= 1.0


@pytest.mark.parametrize("form", ["seconds", "time"])
def test_a_long_wait_is_given_up_at_once(shelf: Shelf, form: str) -> None:
    """A job does not stand still for an hour."""
    at = {"RateLimit-Remaining": "0", "RateLimit-Reset": str(int(time.time()) + 3600)}
    shelf.faults = [_said(429, headers={"Retry-After": "3600"} if form == "seconds" else at)]
    with pytest.raises(ForgeError, match=r"asks to wait 3[56]\d\d s") as caught:
        _client(shelf).ask("GET", "/one", needs="books")
    assert "later" in (caught.value.hint or "")


def test_a_limit_that_lasts_is_no_missing_permission(shelf: Shelf) -> None:
    """The hint is to wait, and the status does not pass for a refusal."""
    shelf.faults = [_said(403, "API rate limit exceeded")] * 9
    with pytest.raises(ForgeError, match="rate limit") as caught:
        _client(shelf).ask("GET", "/one", needs="books")
    assert caught.value.status is None
    assert "later" in (caught.value.hint or "")


def test_a_refusal_is_not_asked_again(shelf: Shelf) -> None:
    """What was said comes on one line, with advice; a 404 may be an answer."""
    shelf.faults = [_said(403, "not\n  for you " + "x" * 999)]
    with pytest.raises(ForgeError, match="with 403: not for you x") as caught:
        _client(shelf).ask("GET", "/one", needs="books: write")
    assert len(shelf.requests) == 1
    assert len(caught.value.message) < 400
    assert (caught.value.hint or "").startswith("403, not for you")
    assert _client(shelf).ask("GET", "/none", needs="books", absent=True).status == 404
    with pytest.raises(ForgeError, match="404: Not Found"):
        _client(shelf).ask("GET", "/none", needs="books")


def test_details_of_a_refusal_are_said(shelf: Shelf) -> None:
    """GitHub puts what was wrong into `errors`."""
    shelf.faults = [Fault(HttpAnswer(422, b'{"message": "Invalid", "errors": [{"field": "title"}]}'))]
    with pytest.raises(ForgeError, match=r'Invalid .*"field": "title"'):
        _client(shelf).ask("GET", "/one", needs="books")


def test_a_redirect_keeps_method_and_body(shelf: Shelf) -> None:
    """A repository that was renamed is found, and a POST stays one."""
    shelf.faults = [Fault(HttpAnswer(307, b"", {"Location": "/api/books"}))]
    answer = _client(shelf).ask("POST", "/old", document={"name": "f"}, needs="books")
    assert (answer.status, answer.document, shelf.books[-1]) == (201, {"count": 6}, "f")


@pytest.mark.parametrize("target", ["http://localhost:9/api/one", "", "//127.0.0.1:9/api/one"])
def test_the_token_does_not_follow_a_redirect_elsewhere(shelf: Shelf, target: str) -> None:
    """Another host, port or scheme is not asked; neither is the same address for ever."""
    shelf.faults = [Fault(HttpAnswer(301, b"", {"Location": target}))]
    with pytest.raises(ForgeError, match="elsewhere, where the token does not go"):
        _client(shelf).ask("GET", "/one", needs="books")


def test_a_proxy_is_asked_where_the_environment_names_one(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a company's wall."""
    monkeypatch.setenv("http_proxy", shelf.host)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    client = Client("The shelf", "http://shelf.invalid/api", {"Token": TOKEN}, advice=_advice, patience=PATIENCE)
    assert client.ask("GET", "/one", needs="books").document == "a"
    assert shelf.requests[0].headers["host"] == "shelf.invalid"


def test_a_page_of_a_proxy_is_no_answer(shelf: Shelf) -> None:
    """HTML with status 200 is said to be none of the API's."""
    shelf.faults = [Fault(HttpAnswer(200, b"<html>Log in</html>"))]
    with pytest.raises(ForgeError, match="answers with what is no JSON"):
        _client(shelf).ask("GET", "/one", needs="books")


def test_every_wait_ends(shelf: Shelf) -> None:
    """A server that never answers, and one that is not there, are given up after the attempts."""
    shelf.faults = [Fault(HttpAnswer(manner="hang"))] * 2
    patience = Patience(attempts=2, pause_s=0.01, timeout_s=0.2)
    with pytest.raises(ForgeError, match=r"did not answer GET /one in 2 attempts: .*timed out") as caught:
        _client(shelf, patience).ask("GET", "/one", needs="books")
    assert caught.value.status is None
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening, so that connections are refused
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = Client("The shelf", address, {}, advice=_advice, patience=PATIENCE)
        with pytest.raises(ForgeError, match=r"did not answer GET /one in 3 attempts: .*refused") as caught:
            client.ask("GET", "/one", needs="books")
        assert "127.0.0.1" in (caught.value.hint or "")


def test_addresses_and_certificates_that_are_none_are_usage_errors() -> None:
    """The message names the address or the file."""
    for address in ("api.github.com", "ftp://a", "https://user@a", "https://a?x", "file:///etc/passwd", "https://"):
        with pytest.raises(UsageError, match="is no address of The shelf's API"):
            Client("The shelf", address, {}, advice=_advice, patience=PATIENCE)
    with pytest.raises(UsageError, match="cannot be read as a certificate"):
        Client("The shelf", "https://a", {}, advice=_advice, patience=PATIENCE, ca_file=__file__)


def test_parts_of_an_address_are_quoted_whole() -> None:
    """A slash inside of a part is none of the address."""
    assert quoted("acme/prompts", "é #?", 3) == "acme%2Fprompts/%C3%A9%20%23%3F/3"


def test_a_certificate_is_verified_and_a_named_authority_is_trusted(tmp_path: Path) -> None:
    """An instance with a certificate of its own is refused at once, until its file is named."""
    authority = _write_certificate(tmp_path)
    with _over_tls(authority, tmp_path / "key.pem") as address:
        with pytest.raises(ForgeError, match=r"the certificate of localhost is not trusted: self-signed") as caught:
            Client("The shelf", address, {}, advice=_advice, patience=PATIENCE).ask("GET", "/one", needs="books")
        assert "SSL_CERT_FILE" in (caught.value.hint or "")
        client = Client("The shelf", address, {}, advice=_advice, patience=PATIENCE, ca_file=str(authority))
        assert client.ask("GET", "/one", needs="books").document == ["a"]


class _Books(BaseHTTPRequestHandler):
    """Answers every GET with a list."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b'["a"]')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's signature
        """Say nothing."""


@contextmanager
def _over_tls(certificate: Path, key: Path) -> Generator[str]:
    """Serve over TLS, and give the address."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificate, key)

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of a client that does not trust this."""

    with Server(("127.0.0.1", 0), _Books) as server:
        server.socket = trust.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()
        thread.join(10)


def _write_certificate(folder: Path) -> Path:
    """Write a certificate for localhost that signs itself, and its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    (folder / "authority.pem").write_bytes(certificate.public_bytes(pem))
    return folder / "authority.pem"
