"""The three vendors on one loopback server: strict, limited, and ready to fail as they are told."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

from vendors import claude, gemini, openai
from vendors.asked import Asked, Received, RefusedError, Reply
from vendors.batches import Batches
from vendors.documents import document, json_answer
from vendors.faults import Fault, error_answer
from vendors.http import HttpAnswer, HttpRequest, LoopbackServer
from vendors.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from vendors.asked import Body, Vendor

VENDORS: tuple[Vendor, ...] = ("claude", "openai", "gemini")
_GEMINI_PATH = re.compile(r"/(v1|v1beta)/models/([^:/]+):(\w+)")


def friendly(asked: Asked) -> Reply:
    """Say something short that depends on the prompt alone."""
    return Reply(f"You said: {asked.prompt[:60]}")


def unharmed(_asked: Asked) -> Fault | None:
    """Let every request be."""
    return None


@dataclass(slots=True)
class FakeVendors:
    """Serves Anthropic, OpenAI and Gemini from `__enter__` to `__exit__`.

    Attributes:
        reply: What a model says to a request that the vendor's rules let pass.
        fault: What befalls a request; None leaves it alone.
        counting: What befalls every request to count tokens; None leaves them alone.
        limits: The vendors' rate limits; one that is not there has none, and states none in its headers.
        latency_s: Seconds that every answer takes.
        key: The only key that is taken; None takes any.
        received: Every request with the status that it was answered with, in the order of their arrival.
        most_at_once: The most requests for completions that were under way at one time.
        batches: The vendors' batch interfaces.
    """

    reply: Callable[[Asked], Reply] = friendly
    fault: Callable[[Asked], Fault | None] = unharmed
    counting: Fault | None = None
    limits: dict[str, Limit] = field(default_factory=dict[str, Limit])
    latency_s: float = 0.0
    key: str | None = None
    received: list[Received] = field(default_factory=list[Received])
    most_at_once: int = 0
    batches: Batches = field(init=False)
    _server: LoopbackServer = field(init=False)
    _cached: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    _at_once: int = 0
    _numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VENDORS, 0))

    def __post_init__(self) -> None:
        self.batches = Batches(self._in_batch)

    def __enter__(self) -> Self:
        self._server = LoopbackServer(self._handle)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def connections(self) -> int:
        """Return how many connections were opened."""
        return self._server.connections

    def base_url(self, vendor: Vendor) -> str:
        """Return what a profile names as `base_url`."""
        return f"http://127.0.0.1:{self._server.port}/{vendor}" + ("/v1" if vendor == "openai" else "")

    def count_anew(self) -> None:
        """Number the next request for a completion of each vendor 0 again."""
        self._numbers = dict.fromkeys(VENDORS, 0)

    @property
    def under_way(self) -> int:
        """Requests for completions that are being answered at the moment."""
        return self._at_once

    def completions(self, vendor: Vendor) -> list[Received]:
        """Return the requests for a completion that arrived for a vendor, refused and failed ones too."""
        endings = ("/messages", "/chat/completions", "/responses", ":generateContent")
        return [each for each in self.received if each.vendor == vendor and each.path.endswith(endings)]

    def counted(self, vendor: Vendor) -> list[Received]:
        """Return the requests to count tokens that arrived for a vendor, failed ones too."""
        endings = ("/count_tokens", "/input_tokens", ":countTokens")
        return [each for each in self.received if each.vendor == vendor and each.path.endswith(endings)]

    async def _handle(self, request: HttpRequest) -> HttpAnswer:
        vendor: Vendor | None = next((each for each in VENDORS if request.path.startswith(f"/{each}/")), None)
        if vendor is None:
            return HttpAnswer(404, b"no such vendor", {"content-type": "text/plain"})
        at = time.monotonic()
        body = document(request.content)
        answer = await self._answer(vendor, request, body)
        status = 0 if answer.manner in ("hang", "reset") else answer.status
        self.received.append(Received(vendor, request.method, request.path, request.headers, body, at, status))
        return answer

    async def _answer(self, vendor: Vendor, request: HttpRequest, body: Body | None) -> HttpAnswer:
        if not self._key_is_right(vendor, request):
            return Fault("bad_key").spoil(vendor, HttpAnswer())
        try:
            of_batch = self.batches.route(vendor, request.path.removeprefix(f"/{vendor}"), request)
            return await self._route(vendor, request, body) if of_batch is None else of_batch
        except RefusedError as error:
            return error_answer(
                vendor, error.status, error.message, kind=error.kind, code=error.code, parameter=error.parameter
            )

    def _key_is_right(self, vendor: Vendor, request: HttpRequest) -> bool:
        if vendor == "gemini":
            sent = request.headers.get("x-goog-api-key", "")
        else:
            sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        return bool(sent) if self.key is None else sent == self.key

    async def _route(self, vendor: Vendor, request: HttpRequest, body: Body | None) -> HttpAnswer:
        path = request.path.removeprefix(f"/{vendor}")
        if vendor == "gemini":
            return await self._gemini(path, body)
        if request.method != "POST" or body is None:
            raise RefusedError("Not Found", status=404)
        if vendor == "claude" and path == "/v1/messages":
            claude.check(body, request.headers, claude.FIELDS)
            return await self._complete(vendor, claude.asked(body, path, self._count(vendor)), body)
        if vendor == "claude" and path == "/v1/messages/count_tokens":
            claude.check(body, request.headers, claude.COUNT_FIELDS)
            return self._counted(vendor, {"input_tokens": claude.prompt_words(body)})
        if path == "/v1/chat/completions":
            openai.check(body, openai.CHAT_FIELDS)
            return await self._complete(vendor, openai.asked(body, path, self._count(vendor)), body)
        if path == "/v1/responses":
            openai.check(body, openai.RESPONSES_FIELDS)
            return await self._complete(vendor, openai.asked(body, path, self._count(vendor)), body)
        if path == "/v1/responses/input_tokens":
            openai.check(body, openai.COUNT_FIELDS)
            counted = openai.prompt_words(openai.asked(body, path, 0))
            return self._counted(vendor, {"object": "response.input_tokens", "input_tokens": counted})
        raise RefusedError("Not Found", status=404)

    async def _gemini(self, path: str, body: Body | None) -> HttpAnswer:
        found = _GEMINI_PATH.fullmatch(path)
        if found is None or body is None:
            return HttpAnswer(404, b"", {"content-type": "text/html"})
        version, model, method = found.groups()
        if method == "countTokens":
            gemini.check(model, version, body, counting=True)
            return self._counted("gemini", {"totalTokens": gemini.prompt_words(gemini.asked(model, body, path, 0))})
        if method != "generateContent":
            raise RefusedError(f"Method {method} is not known", status=404)
        gemini.check(model, version, body)
        return await self._complete("gemini", gemini.asked(model, body, path, self._count("gemini")), body)

    def _counted(self, vendor: Vendor, plain: Body) -> HttpAnswer:
        return json_answer(plain) if self.counting is None else self.counting.spoil(vendor, json_answer(plain))

    def _in_batch(self, vendor: Vendor, path: str, body: Body, headers: Mapping[str, str]) -> HttpAnswer:
        """Answer one request of a batch by the rules that hold for a call of its own."""
        try:
            if vendor == "claude":
                claude.check(body, headers, claude.FIELDS)
                asked = claude.asked(body, path, self._count(vendor))
            elif vendor == "openai":
                openai.check(body, openai.RESPONSES_FIELDS if path == "/v1/responses" else openai.CHAT_FIELDS)
                asked = openai.asked(body, path, self._count(vendor))
            else:
                found = _GEMINI_PATH.fullmatch(path)
                assert found is not None
                gemini.check(found[2], found[1], body)
                asked = gemini.asked(found[2], body, path, self._count(vendor))
        except RefusedError as error:
            return error_answer(
                vendor, error.status, error.message, kind=error.kind, code=error.code, parameter=error.parameter
            )
        return self._good(vendor, asked, body)

    def _count(self, vendor: Vendor) -> int:
        self._numbers[vendor] += 1
        return self._numbers[vendor] - 1

    async def _complete(self, vendor: Vendor, asked: Asked, body: Body) -> HttpAnswer:
        """Answer a request for a completion, once the vendor's limits let it pass."""
        limit = self.limits.get(vendor)
        wait_s = None if limit is None else limit.admit(_tokens(asked))
        if wait_s is not None:
            return self._too_many(vendor, wait_s)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if self.latency_s:
                await asyncio.sleep(self.latency_s)
            good = self._good(vendor, asked, body)
        finally:
            self._at_once -= 1
        fault = self.fault(asked)
        return good if fault is None else fault.spoil(vendor, good)

    def _too_many(self, vendor: Vendor, wait_s: float) -> HttpAnswer:
        form: Literal["info", "seconds"] = "info" if vendor == "gemini" else "seconds"
        fault = Fault("status", 429, wait_s, form, "Too many requests", self._rate_headers(vendor))
        return fault.spoil(vendor, HttpAnswer())

    def _good(self, vendor: Vendor, asked: Asked, body: Body) -> HttpAnswer:
        prompt = (vendor, json.dumps([asked.model, asked.system, asked.messages]))
        cached = prompt in self._cached
        self._cached.add(prompt)
        reply = self.reply(asked)
        if vendor == "claude":
            plain = claude.message(asked, reply, claude.prompt_words(body), cached=cached)
        elif vendor == "gemini":
            plain = gemini.answer(asked, reply, cached=cached)
        elif asked.path.endswith("/responses"):
            plain = openai.response(asked, reply, cached=cached)
        else:
            plain = openai.chat(asked, reply, cached=cached)
        named = {"claude": "request-id", "openai": "x-request-id"}.get(vendor)
        headers = {named: f"req_{asked.number:06}"} if named else {}
        return json_answer(plain, {**headers, **self._rate_headers(vendor)})

    def _rate_headers(self, vendor: Vendor) -> dict[str, str]:
        limit = self.limits.get(vendor)
        if limit is None or vendor == "gemini":
            return {}
        return limit.claude_headers() if vendor == "claude" else limit.openai_headers()


def _tokens(asked: Asked) -> float:
    names = ("max_tokens", "max_completion_tokens", "maxOutputTokens", "max_output_tokens")
    limit = next((asked.settings[name] for name in names if name in asked.settings), 0)
    return sum(len(text) for _, text in asked.messages) / 4 + float(limit)
