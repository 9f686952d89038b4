"""The HTTP client that the official libraries are handed: one for each provider, its connections kept open."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2

from evalkit.errors import ProfileError
from evalkit.generate.calls import CONCURRENCY, TIMEOUT_S
from evalkit.providers.hosted.traffic import current_traffic
from evalkit.secret import key_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from evalkit.providers.hosted.traffic import Traffic
    from evalkit.types import Profile

_CONNECT_TIMEOUT_S = 10.0
_FIRST_BYTE = "evalkit_first_byte_s"
_kept: ContextVar[list[httpx2.Response] | None] = ContextVar("kept", default=None)


class Client(httpx2.AsyncClient):
    """A client for the calls of one profile, which notes when the first byte of each answer comes."""

    def __init__(self, profile: Profile) -> None:
        timeout_s = profile.timeout_s or TIMEOUT_S
        connections = int(profile.limits.get("concurrency", CONCURRENCY)) + 2
        super().__init__(
            timeout=httpx2.Timeout(timeout_s, connect=min(_CONNECT_TIMEOUT_S, timeout_s)),
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
            follow_redirects=False,
            event_hooks={"response": [_note_first_byte]},
        )
        self._provider = profile.name
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
            return self._traffic.replay(self._provider, request)
        try:
            answer = await super().send(request, **options)
        except httpx2.TransportError as error:
            self._traffic.record(self._provider, request, error)
            raise
        await answer.aread()
        self._traffic.record(self._provider, request, answer)
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


def call_key(profile: Profile) -> str:
    """Return the key for a profile's calls; a replay makes none and needs none.

    Raises:
        ProviderError: There is no key.
    """
    traffic = current_traffic()
    return "replayed" if traffic is not None and traffic.mode == "replay" else key_of(profile)


def checked_base_url(profile: Profile) -> str | None:
    """Return the profile's base_url without a slash at its end; None when it has none.

    Raises:
        ProfileError: It is no address of a server.
    """
    if profile.base_url is None:
        return None
    try:
        parts = urlsplit(profile.base_url)
        host = parts.hostname if parts.port is None or parts.port else None
    except ValueError:
        host = None
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise ProfileError(
            f"base_url must be the address of a server, got {profile.base_url}",
            hint="for example `http://127.0.0.1:8000/v1`",
        )
    if parts.username or parts.password:
        raise ProfileError("base_url must not hold a name or a password", hint="name the key's variable in `key_env`")
    return profile.base_url.rstrip("/")
