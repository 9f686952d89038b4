"""The HTTP client that the official libraries are handed: one for each provider, its connections kept open."""

from __future__ import annotations

import asyncio
import os
import re
import time
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2

from evalkit.errors import ProfileError
from evalkit.generate.calls import CONCURRENCY
from evalkit.providers.hosted.traffic import current_traffic
from evalkit.secret import key_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import Generator, Mapping

    from evalkit.providers.hosted.traffic import Traffic
    from evalkit.types import Profile

_CONNECT_TIMEOUT_S = 10.0
_PATIENCE_S = 5.0
"""How long a replayed answer waits for an earlier one, at most."""
_FIRST_BYTE = "evalkit_first_byte_s"
_THIS_MACHINE = ("all://127.0.0.1", "all://localhost", "all://[::1]")
"""A proxy that the environment names could not find this machine's own servers, so that none is asked for them."""
_LIBRARIES = ("ANTHROPIC_", "GEMINI_", "GOOGLE_", "OPENAI_")
_HOST = re.compile(r"[^\s/?#@\\]+")
_ENDPOINT = re.compile(r"/(?:messages|(?:chat/)?completions|responses|models/[^/]*)$")

_kept: ContextVar[list[httpx2.Response] | None] = ContextVar("kept", default=None)


@contextmanager
def profile_alone() -> Generator[None]:
    """Hide the libraries' own variables while a client is made: the profile alone says what is asked, and where.

    A base URL, headers or an organisation left in the environment for another program would change a run unnoticed, and
    not every one of them can be overruled by an argument. They are gone for the whole process meanwhile, so a client is
    made on the event loop's thread, where nobody else can look for a key.
    """
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_LIBRARIES)}
    try:
        yield
    finally:
        os.environ.update(hidden)


@cache
def trusted() -> ssl.SSLContext:
    """Return the certificates that this machine trusts, read once for all clients; it takes longer than a call."""
    return httpx2.create_ssl_context()


class Client(httpx2.AsyncClient):
    """A client for the calls of one profile, which notes when the first byte of each answer comes."""

    def __init__(self, profile: Profile) -> None:
        timeout_s = profile.timeout_s
        connections = int(profile.limits.get("concurrency", CONCURRENCY)) + 2
        super().__init__(
            verify=trusted(),
            timeout=httpx2.Timeout(timeout_s, connect=min(_CONNECT_TIMEOUT_S, timeout_s)),
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
            mounts=dict.fromkeys(_THIS_MACHINE),
            follow_redirects=False,
            event_hooks={"response": [_note_first_byte]},
        )
        self._provider = profile.name
        self._patience_s = min(_PATIENCE_S, timeout_s / 4)
        self._traffic: Traffic | None = current_traffic()

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:  # noqa: ANN401 - as the base has it
        """Send a request, or take the answer from a recording."""
        answer = await self._answer(request, options)
        kept = _kept.get()
        if kept is not None:
            kept.append(answer)
        return answer

    async def _answer(self, request: httpx2.Request, options: dict[str, Any]) -> httpx2.Response:
        request.extensions = {**request.extensions, _FIRST_BYTE: time.monotonic()}
        if self._traffic is None:
            return await super().send(request, **options)
        await request.aread()  # an upload is a stream, and is to be written down
        if self._traffic.mode == "replay":
            return await self._traffic.replay(self._provider, request, patience_s=self._patience_s)
        return await self._recorded(self._traffic, request, **options)

    async def _recorded(self, traffic: Traffic, request: httpx2.Request, **options: Any) -> httpx2.Response:  # noqa: ANN401 - as the base has it
        try:
            answer = await super().send(request, **options)
            await answer.aread()
        except httpx2.TransportError as error:
            traffic.record(self._provider, request, error)
            raise
        except asyncio.CancelledError:  # by its deadline, or by the user
            traffic.record(self._provider, request, httpx2.ReadTimeout("given up before an answer came"))
            raise
        traffic.record(self._provider, request, answer)
        return answer


@contextmanager
def keeping_answers() -> Generator[list[httpx2.Response]]:
    """Keep every answer that comes meanwhile, for a library that hands over only what it made of it."""
    kept: list[httpx2.Response] = []
    token = _kept.set(kept)
    try:
        yield kept
    finally:
        _kept.reset(token)


async def _note_first_byte(response: httpx2.Response) -> None:
    response.extensions[_FIRST_BYTE] = time.monotonic() - response.request.extensions[_FIRST_BYTE]


def first_byte_s(response: httpx2.Response) -> float | None:
    """Return the seconds from sending a request to the headers of its answer; None for a recorded one."""
    seconds: float | None = response.extensions.get(_FIRST_BYTE)
    return seconds


def call_key(profile: Profile, environment: Mapping[str, str] | None = None) -> str:
    """Return the key for a profile's calls; a replay makes none and needs none.

    Args:
        profile: The profile.
        environment: See `key_of`.

    Raises:
        ProviderError: There is no key, or what is there can be none.
    """
    traffic = current_traffic()
    return "replayed" if traffic is not None and traffic.mode == "replay" else key_of(profile, environment=environment)


def checked_base_url(profile: Profile, *, added: tuple[str, ...] = ()) -> str | None:
    """Return the profile's base_url without a slash at its end; None when it has none.

    Args:
        profile: The profile.
        added: Paths of versions, such as `/v1`, one of which the library puts behind it.

    Raises:
        ProfileError: It is no address of a server, or has in it what the library adds.
    """
    if profile.base_url is None:
        return None
    url = profile.base_url.rstrip("/")
    try:
        parts = urlsplit(url)
        # A literal address stands in brackets, and only there may a colon.
        well_formed = (parts.port is None or parts.port > 0) and bool(_HOST.fullmatch(parts.hostname or ""))
        httpx2.URL(url)
    except (ValueError, httpx2.InvalidURL):
        raise _no_server(profile.base_url) from None
    if parts.username or parts.password:
        raise ProfileError("base_url must not hold a name or a password", hint="name the key's variable in `key_env`")
    if parts.scheme not in ("http", "https") or not well_formed or parts.query or parts.fragment:
        raise _no_server(profile.base_url)
    endpoint = _ENDPOINT.search(parts.path)
    superfluous = next((each for each in added if parts.path.endswith(each)), None) if endpoint is None else endpoint[0]
    if superfluous is not None:
        raise ProfileError(
            f"base_url must end before `{superfluous}`, which the library adds, got {profile.base_url}",
            hint=f"write `{url.removesuffix(superfluous)}`",
        )
    return url


def _no_server(base_url: str) -> ProfileError:
    shown = base_url if "@" not in base_url else "what holds an @"
    return ProfileError(
        f"base_url must be the address of a server, got {shown}", hint="for example `http://127.0.0.1:8000/v1`"
    )
