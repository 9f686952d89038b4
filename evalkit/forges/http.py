"""Requests to a forge's REST API, with the standard library alone.

The packages for HTTP come with the extras of providers, which a job that only reports need not install. What this adds
to `urllib`: waiting where a server asks for it, pages, an end to every wait, redirects that never carry the token to
another host, and errors that say what to do. Certificates are verified, and proxies are those of the environment, as
`urllib` does both.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from evalkit.errors import ForgeError, UsageError
from evalkit.forges.documents import maybe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message
    from typing import IO

    from evalkit.types import Json

_PASSING = (500, 502, 503, 504)
_MOVED = (301, 302, 307, 308)
_MOST_PAGES = 1000
_LATER = "too much was asked of it with this token; run the command again later"
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next\b')


@dataclass(frozen=True, slots=True)
class Patience:
    """How often is asked and how long is waited.

    Attributes:
        attempts: How often one request is sent at most.
        pause_s: What is waited before the second attempt; it doubles before each further one.
        longest_wait_s: A server that asks to wait longer is given up.
        timeout_s: What one attempt may go without a byte.
        limited_s: What is waited where GitHub limits without saying how long; it asks for a minute at least.
    """

    attempts: int = 5
    pause_s: float = 1.0
    longest_wait_s: float = 120.0
    timeout_s: float = 30.0
    limited_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        headers: Names in lower case.
        document: None for an empty body.
    """

    status: int
    headers: Mapping[str, str]
    document: Json


class Advice(Protocol):
    """Says what a person can do about a refusal, in the words of one forge."""

    def __call__(self, answer: Answer, words: str, needs: str) -> str | None:
        """Return a hint; None when there is nothing useful to say.

        Args:
            answer: The refusal.
            words: What the server said.
            needs: The permission that the request takes, as the forge writes it.
        """
        ...


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to the client: this library would carry the token to any host and turn POST into GET."""

    def redirect_request(  # noqa: PLR0917 - the library's signature
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        """Follow none."""


class Client:
    """Asks one forge.

    Args:
        name: How the forge is called in messages.
        base_url: Where its API begins.
        headers: What every request carries, the token among it.
        advice: What to do about a refusal.
        patience: How often and how long.
        ca_file: A further certificate to trust; None for those of this machine alone.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        advice: Advice,
        patience: Patience,
        ca_file: str | None = None,
    ) -> None:
        self._name = name
        self._base_url = base_url.rstrip("/")
        if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", base_url):
            raise UsageError(f"`{base_url}` is no address of {name}'s API", hint="it begins with https://")
        self._headers = {"User-Agent": f"evalkit/{version('prompt-evalkit')}", **headers}
        self._advice = advice
        self._patience = patience
        handlers: list[urllib.request.BaseHandler] = [_StayHere()]
        if base_url.startswith("https"):
            handlers.append(urllib.request.HTTPSHandler(context=_trust(ca_file)))
        self._opener = urllib.request.build_opener(*handlers)

    def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        document: Json = None,
        *,
        needs: str,
        absent: bool = False,
    ) -> Answer:
        """Send a request until it is answered, and return the answer.

        Args:
            method: As HTTP has it.
            path: What follows the base address, with its parts quoted.
            query: Parameters of the address.
            document: What to send as JSON; None for nothing.
            needs: The permission that it takes, for the message if it is refused.
            absent: Return a 404 as an answer.

        Raises:
            ForgeError: It was refused, or nothing came back in as many attempts as there may be.
        """
        address = self._base_url + path + (f"?{urlencode(query)}" if query else "")
        what = f"{method} {path}"
        content = None if document is None else json.dumps(document).encode()
        answer = self._patiently(method, address, content, what)
        for _ in range(3):
            if answer.status in _MOVED:
                address = self._moved(address, answer, what)
                answer = self._patiently(method, address, content, what)
        if answer.status < 300 or (absent and answer.status == 404):
            return answer
        words = _said(answer)
        limited = _asked_to_wait_s(answer, self._patience) is not None
        raise ForgeError(
            f"{self._name} answered {what} with {answer.status}{f': {words}' if words else ''}",
            status=None if limited else answer.status,
            hint=_LATER if limited else self._advice(answer, words, needs),
        )

    def pages(self, path: str, query: Mapping[str, str], *, needs: str) -> Iterator[Json]:
        """Go through what a list holds, page by page, by the header `x-next-page` or `Link`.

        Raises:
            ForgeError: See `ask`; or what came back is no list.
        """
        query = {**query, "per_page": "100"}
        for _ in range(_MOST_PAGES):
            answer = self.ask("GET", path, query, needs=needs)
            listed: list[Json] = answer.document
            if not isinstance(answer.document, list):
                raise ForgeError(f"{self._name} answered GET {path} with what is no list")
            yield from listed
            following = answer.headers.get("x-next-page", "").strip()
            link = _NEXT.search(answer.headers.get("link", ""))
            if following:
                query["page"] = following
            elif link is not None:
                query = dict(parse_qsl(urlsplit(link[1]).query))  # not its host, or the token would go there
            else:
                return
        raise ForgeError(f"{self._name} has more than {_MOST_PAGES} pages of {path}")

    def _patiently(self, method: str, address: str, content: bytes | None, what: str) -> Answer:
        patience = self._patience
        for attempt in range(1, patience.attempts + 1):
            pause_s = patience.pause_s * 2 ** (attempt - 1) * random.uniform(1.0, 1.25)  # noqa: S311 - no secret
            try:
                answer = self._once(method, address, content)
            except (OSError, http.client.HTTPException) as error:
                self._refuse_untrusted(error)
                if attempt == patience.attempts:
                    raise self._unreachable(what, error) from None
            else:
                asked_s = _asked_to_wait_s(answer, patience)
                if (answer.status not in _PASSING and asked_s is None) or attempt == patience.attempts:
                    return answer
                if asked_s is not None and asked_s > patience.longest_wait_s:
                    raise ForgeError(
                        f"{self._name} asks to wait {asked_s:.0f} s before {what}, longer than evalkit waits",
                        hint=_LATER,
                    )
                pause_s = max(pause_s, asked_s or 0.0)
            time.sleep(pause_s)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, method: str, address: str, content: bytes | None) -> Answer:
        headers = dict(self._headers)
        if content is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(address, content, headers, method=method)  # noqa: S310 - see __init__
        try:
            with self._opener.open(request, timeout=self._patience.timeout_s) as response:
                return self._answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return self._answer(refused.code, refused.headers, refused.read())

    def _answer(self, status: int, headers: Message, content: bytes) -> Answer:
        document: Json = None
        if content.strip():
            try:
                document = json.loads(content)
            except ValueError:
                if status < 300:
                    raise ForgeError(
                        f"{urlsplit(self._base_url).hostname} answers with what is no JSON",
                        hint=f"is it the address of {self._name}'s API, and no proxy's page?",
                    ) from None
        return Answer(status, {name.lower(): value for name, value in headers.items()}, document)

    def _moved(self, address: str, answer: Answer, what: str) -> str:
        target = urljoin(address, answer.headers.get("location", ""))
        if urlsplit(target)[:2] != urlsplit(address)[:2] or target == address:
            raise ForgeError(
                f"{self._name} sends {what} elsewhere, where the token does not go",
                status=answer.status,
                hint="name the address that it has now",
            )
        return target

    def _refuse_untrusted(self, error: Exception) -> None:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise ForgeError(
                f"the certificate of {urlsplit(self._base_url).hostname} is not trusted: {reason.verify_message}",
                hint="name your authority's file in SSL_CERT_FILE; evalkit never skips the check",
            ) from None

    def _unreachable(self, what: str, error: Exception) -> ForgeError:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        words = str(reason) or type(reason).__name__
        return ForgeError(
            f"{self._name} did not answer {what} in {self._patience.attempts} attempts: {words}",
            hint=f"is {urlsplit(self._base_url).hostname} reachable from here, or its proxy?",
        )


def _trust(ca_file: str | None) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    try:
        if ca_file is not None:
            trust.load_verify_locations(ca_file)
    except OSError as error:
        raise UsageError(f"{ca_file} cannot be read as a certificate: {error.strerror or error}") from error
    return trust


def quoted(*parts: str | int) -> str:
    """Return parts of an address, each quoted whole, with slashes between them."""
    return "/".join(quote(str(part), safe="") for part in parts)


def _asked_to_wait_s(answer: Answer, patience: Patience) -> float | None:
    """Return how long a server wants to be left alone; None when it does not."""
    if answer.status not in (403, 429, 503):
        return None
    headers = answer.headers
    if "retry-after" in headers:
        return _seconds(headers["retry-after"])
    spent = headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining")) == "0"
    reset = headers.get("x-ratelimit-reset", headers.get("ratelimit-reset", ""))
    if answer.status != 503 and spent and reset.isdigit():
        return max(0.0, int(reset) - time.time()) + 1.0
    if answer.status == 403 and "rate limit" in _said(answer).lower():
        return patience.limited_s
    return 0.0 if answer.status == 429 else None


def _seconds(text: str) -> float:
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 0.0


def _said(answer: Answer) -> str:
    """Return what a refusal says, on one line and no longer than a line."""
    document = answer.document
    said = maybe(document, "message") or maybe(document, "error_description") or maybe(document, "error") or ""
    details = maybe(document, "errors")
    if details:
        said = f"{said} {details if isinstance(details, str) else json.dumps(details)}"
    words = " ".join((said if isinstance(said, str) else json.dumps(said)).split())
    return words if len(words) <= 300 else words[:299] + "…"
