"""The HTTP client of a provider: where it asks, how long it waits, and what the network does to it."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from asking import make_sample
from evalkit.errors import CallError, ProfileError, ProviderError, TransientError, UnreachableError
from evalkit.providers.claude import claude_adapter
from evalkit.providers.gemini import gemini_adapter
from evalkit.providers.hosted.http import (
    Client,
    call_key,
    checked_base_url,
    first_byte_s,
    keeping_answers,
    profile_alone,
)
from evalkit.providers.openai import openai_adapter
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Asking
    from evalkit.types import Profile
    from vendors.server import FakeVendors

QUESTION = ("user", "How are you?")


@pytest.mark.parametrize("kind", ["reset", "cut"])
def test_broken_connection_is_tried_again(each_dialect: Asking, kind: Any) -> None:
    """Before the first byte or in the middle of the body; one request was made."""
    each_dialect.vendors.fault = lambda _asked: Fault(kind)
    with pytest.raises(TransientError, match="the connection failed: "):
        each_dialect(QUESTION)
    assert len(each_dialect.vendors.received) == 1


def test_hung_connection_is_given_up_in_time(each_dialect: Asking) -> None:
    """Google's library would wait for ever; the profile's `timeout_s` holds for all, without the engine's deadline."""
    each_dialect.vendors.fault = lambda _asked: Fault("hang")
    with pytest.raises(TransientError, match=r"no answer within 0\.3 s"):
        each_dialect.but(timeout_s=0.3)(QUESTION)
    assert len(each_dialect.vendors.received) == 1


def test_refused_connection_is_no_way_to_the_server(each_dialect: Asking, nobody: str) -> None:
    """The message has the address."""
    with pytest.raises(UnreachableError, match=f"cannot reach {nobody}"):
        each_dialect.but(base_url=nobody)(QUESTION)


@pytest.mark.parametrize("seconds", [5.0, 0.25, 600.0, 601.0])
def test_time_of_the_profile_is_the_time_of_the_client(
    make_profile: Callable[..., Profile], monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """Of any length, 5 s among them, which a library takes for a default that it may replace by 600."""
    monkeypatch.setenv("EVALKIT_TEST_KEY", "sk-marker-4f1d2c77aa90")
    profile = make_profile(key_env="EVALKIT_TEST_KEY", timeout_s=seconds)
    for build in (claude_adapter, openai_adapter):
        dialect: Any = build(profile).dialect
        assert dialect.library.timeout.read == seconds
        assert dialect.library.timeout.connect == min(10, seconds)
        assert dialect.library.max_retries == 0
    gemini: Any = gemini_adapter(profile).dialect
    assert gemini.library._api_client._http_options.timeout == seconds * 1000
    assert gemini.library._api_client._http_options.retry_options is None


def test_proxy_is_not_asked_for_this_machine(
    each_dialect: Asking, monkeypatch: pytest.MonkeyPatch, nobody: str
) -> None:
    """A local server is reached in a company that has a proxy; other hosts go through it."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, nobody)
    assert each_dialect(QUESTION).outcome == "complete"
    with pytest.raises(UnreachableError):
        each_dialect.but(base_url="http://192.0.2.1")(QUESTION)


def test_connections_suffice_for_the_calls_at_once(make_profile: Callable[..., Profile], vendors: FakeVendors) -> None:
    """As many as the profile's concurrency; none waits for another's connection."""
    vendors.latency_s = 0.2
    profile = make_profile(limits={"concurrency": 40})

    async def together() -> list[int]:
        async with Client(profile) as client:
            url = f"{vendors.base_url('openai')}/chat/completions"
            body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "x"}]}
            key = {"authorization": f"Bearer {vendors.key}"}
            answers = await asyncio.gather(*(client.post(url, json=body, headers=key) for _ in range(40)))
            return [answer.status_code for answer in answers]

    assert asyncio.run(together()) == [200] * 40
    assert vendors.most_at_once == 40


def test_connection_is_kept_between_calls(each_dialect: Asking) -> None:
    """A second call opens no other."""
    each_dialect.all([make_sample(QUESTION)] * 3)
    assert len(each_dialect.vendors.received) == 3
    assert each_dialect.vendors.connections == 1


def test_first_byte_is_noted_on_the_answer(make_profile: Callable[..., Profile], vendors: FakeVendors) -> None:
    """Which is kept for a library that hands over only what it made of it; None for one that was recorded."""

    async def call() -> tuple[float | None, list[float | None]]:
        async with Client(make_profile()) as client:
            with keeping_answers() as kept:
                answer = await client.get(vendors.base_url("claude") + "/")
            return first_byte_s(answer), [first_byte_s(each) for each in kept]

    seconds, kept = asyncio.run(call())
    assert seconds is not None
    assert kept == [seconds]
    assert first_byte_s(httpx2.Response(200)) is None


@pytest.mark.parametrize(
    "base_url",
    [
        "127.0.0.1:8000",
        "localhost",
        "/v1",
        "",
        "http://",
        "http:///v1",
        "ftp://host/v1",
        "file:///etc/passwd",
        "http://host:99999/",
        "http://host:port/",
        "http://host:0/",
        "http://a b/",
        "http://[::1/v1",
        "http://host/\x00",
        "http://host/v1?key=1",
        "http://host/v1#part",
        "https//host",
    ],
)
@pytest.mark.parametrize("vendor", ["claude", "openai", "gemini"])
def test_address_of_no_server_is_refused(asking: Callable[..., Asking], vendor: str, base_url: str) -> None:
    """Before any call, with what was given."""
    with pytest.raises(ProfileError, match="base_url must be the address of a server, got") as caught:
        _ = asking(vendor, "some-model", base_url=base_url).adapter
    assert base_url in caught.value.message
    assert caught.value.hint == "for example `http://127.0.0.1:8000/v1`"


@pytest.mark.parametrize("base_url", ["http://me:secret@host/v1", "ftp://me:secret@host", "http://me:secret@host:x/"])
def test_password_in_an_address_is_refused_and_not_shown(make_profile: Callable[..., Profile], base_url: str) -> None:
    """Whatever else is wrong with it."""
    with pytest.raises(ProfileError) as caught:
        checked_base_url(make_profile(base_url=base_url))
    assert "secret" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:8000/v1", "https://h\u00f6st.example/a/b", "http://[::1]:80", "HTTP://HOST/v1//"]
)
def test_address_of_a_server_is_taken_without_slashes_at_its_end(
    make_profile: Callable[..., Profile], base_url: str
) -> None:
    """Names, literal addresses, ports, paths."""
    assert checked_base_url(make_profile(base_url=base_url)) == base_url.rstrip("/")
    assert checked_base_url(make_profile(base_url=None)) is None


@pytest.mark.parametrize(
    ("vendor", "base_url", "superfluous", "instead"),
    [
        ("claude", "http://host/v1", "/v1", "http://host"),
        ("claude", "http://host/v1/", "/v1", "http://host"),
        ("claude", "http://host/v1/messages", "/messages", "http://host/v1"),
        ("gemini", "http://host/v1beta", "/v1beta", "http://host"),
        ("gemini", "http://host/v1", "/v1", "http://host"),
        ("openai", "http://host/v1/chat/completions", "/chat/completions", "http://host/v1"),
        ("openai", "http://host/v1/responses", "/responses", "http://host/v1"),
    ],
)
def test_what_the_library_adds_may_not_be_there_already(
    asking: Callable[..., Asking], vendor: str, base_url: str, superfluous: str, instead: str
) -> None:
    """Else it would ask for `/v1/v1/messages`; the hint has the address as it should be."""
    with pytest.raises(ProfileError) as caught:
        _ = asking(vendor, "some-model", base_url=base_url).adapter
    assert f"must end before `{superfluous}`" in caught.value.message
    assert caught.value.hint == f"write `{instead}`"


def test_openai_without_its_version_finds_nothing(asking: Callable[..., Asking]) -> None:
    """Some servers have none, so it cannot be refused beforehand; the error leads to the address."""
    openai = asking("openai", "gpt-4.1-mini")
    base_url = str(openai.profile.base_url).removesuffix("/v1")
    with pytest.raises(ProviderError) as caught:
        openai.but(base_url=base_url)(QUESTION)
    assert caught.value.hint == "look at `base_url` in the profile"


@pytest.mark.parametrize(
    "key", ["sk-with a blank", "sk-with\u00a0blank", "\u201csk-quoted\u201d", "sk-\x07bell", "clé-secrète"]
)
def test_key_that_can_be_none_ends_the_provider(
    each_dialect: Asking, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """What comes from a careless copy would fail in the midst of a header, call by call; it is not shown."""
    monkeypatch.setenv("EVALKIT_TEST_KEY", key)
    with pytest.raises(ProviderError, match="holds a blank or a letter that no key has") as caught:
        each_dialect(QUESTION)
    assert key not in caught.value.message
    assert each_dialect.vendors.received == []


def test_blanks_around_a_key_do_not_matter(
    make_profile: Callable[..., Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file's last line break is no part of the key."""
    monkeypatch.setenv("EVALKIT_TEST_KEY", "  sk-marker-4f1d2c77aa90\r\n")
    assert call_key(make_profile(key_env="EVALKIT_TEST_KEY")) == "sk-marker-4f1d2c77aa90"


def test_variables_of_the_libraries_are_hidden_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Theirs alone, and after an error too."""
    theirs = {"ANTHROPIC_BASE_URL": "a", "OPENAI_NEW": "b", "GOOGLE_API_KEY": "c", "GEMINI_API_KEY": "d"}
    for name, value in (theirs | {"EVALKIT_MINE": "e"}).items():
        monkeypatch.setenv(name, value)
    seen: dict[str, str] = {}

    def fail() -> None:
        with profile_alone():
            seen.update(os.environ)
            raise CallError("odd")

    with pytest.raises(CallError, match="odd"):
        fail()
    assert not set(theirs) & set(seen)
    assert seen["EVALKIT_MINE"] == "e"
    assert {name: os.environ[name] for name in theirs} == theirs
