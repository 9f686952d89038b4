"""Calls through the libraries of Anthropic and OpenAI: one request each, and their failures understood."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
import pytest

from asking import make_sample
from evalkit.errors import CallError, EvalkitError, ProviderError, TransientError
from evalkit.providers.hosted.adapter import Request
from evalkit.providers.hosted.http import Client
from evalkit.providers.hosted.stainless import answered, post
from vendors.asked import Reply
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Asking
    from evalkit.types import Profile
    from vendors.server import FakeVendors

QUESTION = ("user", "How are you?")
BODY = {"model": "claude-opus-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", 503),
        Fault("status", 429, 0.01),
        Fault("status", 408),
        Fault("status", 409),
        Fault("status", 500, headers={"x-should-retry": "true"}),
        Fault("status", 529, 0.01, "ms"),
        Fault("reset"),
        Fault("cut"),
    ],
    ids=["503", "429", "408", "409", "should retry", "ms", "reset", "cut"],
)
def test_one_attempt_is_one_request(each_dialect: Asking, fault: Fault) -> None:
    """The libraries' own retries are off, also where vendor or network invite one; counted at the server."""
    each_dialect.vendors.fault = lambda _asked: fault
    with pytest.raises(TransientError):
        each_dialect(QUESTION)
    assert len(each_dialect.vendors.received) == 1


def test_connection_that_breaks_at_once_is_made_once(each_dialect: Asking) -> None:
    """A server that hangs up on every connection sees one for each call."""
    seen: list[int] = []

    async def calls() -> None:
        async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append(1)
            writer.transport.abort()

        async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            adapter = each_dialect.but(base_url=f"http://127.0.0.1:{port}").adapter
            for _ in range(2):
                with pytest.raises(TransientError):
                    await adapter.call(make_sample(QUESTION))
            await adapter.aclose()

    asyncio.run(calls())
    assert len(seen) == 2


def test_document_goes_out_as_it_is(vendors: FakeVendors, make_profile: Callable[..., Profile]) -> None:
    """Nothing is added to it, and the answer comes back as plain data with its headers."""
    vendors.reply = lambda _asked: Reply("Fine.", changes={"field_of_the_future": [1]})

    async def call() -> Any:
        library = library_of(vendors, make_profile())
        answer = await post(library, "/v1/messages", Request(BODY, {}), make_profile())
        await library.close()
        return answer

    answer = asyncio.run(call())
    assert vendors.received[0].body == BODY
    assert answer.body["field_of_the_future"] == [1]
    assert answer.headers["request-id"] == "req_000000"
    assert answer.first_byte_s > 0


def test_retired_model_raises_no_warning(asking: Callable[..., Asking]) -> None:
    """The library's own method warns of some models, which would be an error here."""
    assert asking("claude", "claude-sonnet-4-5-20250929")(QUESTION).outcome == "complete"


def test_own_errors_pass_through(make_profile: Callable[..., Profile]) -> None:
    """An error that evalkit's HTTP client raises is not taken for the library's, wrapped by it or not."""

    async def raising(error: Exception, cause: Exception | None) -> None:
        raise error from cause

    own = ProviderError("the recording has no answer")
    for error, cause in ((own, None), (RuntimeError("Connection error."), own)):
        with pytest.raises(ProviderError) as caught:
            asyncio.run(answered(raising(error, cause), make_profile()))
        assert caught.value is own


def test_error_of_an_unknown_class_is_an_error_of_the_call(make_profile: Callable[..., Profile]) -> None:
    """What is wrong in a library or here ends one call, with its class named; an answer comes back as it is."""

    async def raising() -> None:
        raise KeyError("odd")

    async def answering() -> int:
        return await asyncio.sleep(0, 7)

    with pytest.raises(CallError, match="KeyError: 'odd'"):
        asyncio.run(answered(raising(), make_profile()))
    assert asyncio.run(answered(answering(), make_profile())) == 7


def test_cancellation_passes_through(make_profile: Callable[..., Profile]) -> None:
    """It is no failure of a call."""

    async def cancelled() -> None:
        raise asyncio.CancelledError

    async def call() -> None:
        await answered(cancelled(), make_profile())

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(call())


@pytest.mark.parametrize("status", [201, 204, 206])
def test_other_success_is_read_as_an_answer_or_tried_again(each_dialect: Asking, status: int) -> None:
    """Nobody's API answers so; a proxy may. Empty, it is no answer."""
    headers = {"content-type": "application/json"}
    each_dialect.vendors.fault = lambda _asked: Fault("verbatim", status, headers=headers)
    with pytest.raises(EvalkitError) as caught:
        each_dialect(QUESTION)
    assert type(caught.value) is TransientError


@pytest.mark.slow
def test_another_http_library_is_not_taken_where_it_is_installed(asking: Callable[..., Asking], tmp_path: Path) -> None:
    """Google's library would prefer aiohttp, ask a second time after a failed connection, and escape the recorder."""
    gemini = asking("gemini", "gemini-3.5-flash")
    (tmp_path / "aiohttp.py").write_text(
        "class ClientSession:\n"
        "    def __init__(self, *_args, **_named):\n"
        "        raise SystemExit('aiohttp was taken')\n"
        "def __getattr__(name):\n"
        "    if name.startswith('__'):\n"
        "        raise AttributeError(name)\n"
        "    return type(name, (Exception,), {})\n",
        encoding="utf-8",
    )
    script = (
        f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(Path(__file__).parents[2] / 'servers')!r}]\n"
        "from google.genai import _api_client\n"
        "assert _api_client.has_aiohttp\n"
        "from asking import Asking\n"
        "from evalkit.types import Profile\n"
        f"profile = Profile('g', 'gemini', 'gemini-3.5-flash', 'EVALKIT_TEST_KEY', {gemini.profile.base_url!r})\n"
        "print(Asking(None, profile)(('user', 'Hi')).outcome)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.returncode) == ("complete\n", 0), ended.stderr
    assert len(gemini.vendors.received) == 1


def library_of(vendors: FakeVendors, profile: Profile) -> anthropic.AsyncAnthropic:
    """Make the library's client for the fake vendor."""
    return anthropic.AsyncAnthropic(
        api_key=str(vendors.key), base_url=vendors.base_url("claude"), http_client=Client(profile), max_retries=0
    )


def test_answer_of_the_library_is_the_raw_one(vendors: FakeVendors, make_profile: Callable[..., Profile]) -> None:
    """The low-level call that is relied on hands it over unread, whatever is in it."""

    async def call() -> httpx2.Response:
        library = library_of(vendors, make_profile())
        try:
            return await library.post("/v1/messages", cast_to=httpx2.Response, body=BODY)
        finally:
            await library.close()

    vendors.fault = lambda _asked: Fault("html")
    answer = asyncio.run(call())
    assert isinstance(answer, httpx2.Response)
    assert answer.content.startswith(b"<!doctype")
