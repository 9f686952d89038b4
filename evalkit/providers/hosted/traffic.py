"""Keeps a run's HTTP traffic as readable files, and answers from such files without a network or a key."""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import httpx2

from evalkit.errors import ProviderError, UsageError
from evalkit.secret import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from evalkit.types import Json

_KEPT_OF_REQUESTS = ("content-type", "anthropic-version", "anthropic-beta")
_DROPPED_OF_ANSWERS = ("set-cookie", "content-encoding", "content-length", "transfer-encoding")
_SAFE = re.compile(r"[^\w.-]+")
_FAILURES = {
    error.__name__: error
    for error in (
        httpx2.ConnectError,
        httpx2.ConnectTimeout,
        httpx2.ReadError,
        httpx2.ReadTimeout,
        httpx2.RemoteProtocolError,
        httpx2.WriteError,
        httpx2.WriteTimeout,
        httpx2.PoolTimeout,
    )
}


@dataclass(slots=True)
class Traffic:
    """A folder of exchanges, one file each, in a folder for each provider.

    Attributes:
        mode: `record` makes the calls and writes them down; `replay` makes none and answers from the files.
    """

    folder: Path
    mode: Literal["record", "replay"]
    _written: dict[str, int] = field(default_factory=dict[str, int])
    _kept: dict[str, dict[str, deque[Json]]] = field(default_factory=dict[str, dict[str, deque["Json"]]])

    def record(self, provider: str, request: httpx2.Request, answer: httpx2.Response | httpx2.TransportError) -> None:
        """Write one exchange down, without the key."""
        folder = self.folder / _SAFE.sub("_", provider)
        if provider not in self._written:
            folder.mkdir(parents=True, exist_ok=True)
            self._written[provider] = max((int(path.stem) for path in folder.glob("*.json")), default=0)
        self._written[provider] += 1
        exchange = {"request": _plain_request(request), "answer": _plain_answer(answer)}
        text = scrub(json.dumps(exchange, ensure_ascii=False, indent=1))
        (folder / f"{self._written[provider]:06}.json").write_text(text + "\n", encoding="utf-8", errors="replace")

    def replay(self, provider: str, request: httpx2.Request) -> httpx2.Response:
        """Return the recorded answer to a request; the first to it first, and the last one again from then on.

        Raises:
            ProviderError: There is none.
            httpx2.TransportError: This is how the recorded call ended.
        """
        if provider not in self._kept:
            self._kept[provider] = self._read(provider)
        answers = self._kept[provider].get(_digest(_plain_request(request)))
        if not answers:
            raise ProviderError(
                f"{self.folder} holds no answer to what {provider} is asked now",
                hint="replay the same suite with the same selection and `--seed` as the recording",
            )
        answer: Json = answers.popleft() if len(answers) > 1 else answers[0]
        if "failure" in answer:
            raise _FAILURES.get(answer["failure"], httpx2.ReadError)(answer["message"], request=request)
        return httpx2.Response(answer["status"], headers=answer["headers"], content=_content(answer), request=request)

    def _read(self, provider: str) -> dict[str, deque[Json]]:
        kept: dict[str, deque[Json]] = {}
        for path in sorted((self.folder / _SAFE.sub("_", provider)).glob("*.json")):
            try:
                exchange = json.loads(path.read_text(encoding="utf-8"))
                kept.setdefault(_digest(exchange["request"]), deque()).append(exchange["answer"])
            except (ValueError, KeyError, TypeError) as error:
                raise ProviderError(f"{path} is no recorded exchange: {error}") from error
        return kept


_current: ContextVar[Traffic | None] = ContextVar("traffic", default=None)


def current_traffic() -> Traffic | None:
    """Return what clients opened now should record to or replay from; None for plain calls."""
    return _current.get()


@contextmanager
def traffic_in(folder: Path | None, mode: Literal["record", "replay"]) -> Iterator[None]:
    """Let clients opened meanwhile record to, or replay from, a folder; None leaves them alone.

    Raises:
        UsageError: There is nothing to replay.
    """
    if folder is not None and mode == "replay" and not any(folder.glob("*/*.json")):
        raise UsageError(f"{folder} holds no recorded exchanges", hint="`evalkit run --record DIR` makes some")
    token = _current.set(None if folder is None else Traffic(folder, mode))
    try:
        yield
    finally:
        _current.reset(token)


def _plain_request(request: httpx2.Request) -> dict[str, Json]:
    headers = {name: request.headers[name] for name in _KEPT_OF_REQUESTS if name in request.headers}
    return {
        "method": request.method,
        "host": f"{request.url.scheme}://{request.url.netloc.decode()}",
        "path": request.url.path,
        "headers": headers,
        **_body(request.content),
    }


def _plain_answer(answer: httpx2.Response | httpx2.TransportError) -> dict[str, Json]:
    if isinstance(answer, httpx2.TransportError):
        return {"failure": type(answer).__name__, "message": str(answer)}
    headers = {name: value for name, value in answer.headers.items() if name not in _DROPPED_OF_ANSWERS}
    return {"status": answer.status_code, "headers": headers, **_body(answer.content)}


def _body(content: bytes) -> dict[str, Json]:
    """Keep JSON as JSON, to be read, and anything else as text."""
    try:
        plain: Any = json.loads(content)
    except ValueError:
        return {"text": content.decode("utf-8", "replace")}
    return {"json": plain}


def _content(answer: Mapping[str, Json]) -> bytes:
    return json.dumps(answer["json"]).encode() if "json" in answer else str(answer["text"]).encode()


def _digest(request: Mapping[str, Json]) -> str:
    """Hash what makes two requests the same: not the host, so that a recording can be replayed anywhere."""
    asked = [request["method"], request["path"], request.get("json", request.get("text"))]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
