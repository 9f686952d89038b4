"""Keeps a run's HTTP traffic as readable files, and answers from such files without a network or a key.

Every exchange names the sample that it was made for. Calls come back in any order, and the repeats of one prompt are
the same request; so a replay gives each sample its own answers, one attempt after the other, and never another's.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import httpx2

from evalkit.errors import ProviderError, UsageError
from evalkit.providers.hosted.turns import Turns
from evalkit.secret import scrub

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from evalkit.types import Json, Sample

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
        suite: Whose samples are drawn; a folder may hold the traffic of several.
    """

    folder: Path
    mode: Literal["record", "replay"]
    suite: str = ""
    _written: dict[str, int] = field(default_factory=dict[str, int])
    _attempts: Counter[str] = field(default_factory=Counter[str])
    _kept: dict[str, _Kept] = field(default_factory=dict[str, "_Kept"])

    def record(self, provider: str, request: httpx2.Request, answer: httpx2.Response | httpx2.TransportError) -> None:
        """Write one exchange down, without the key.

        Raises:
            ProviderError: It cannot be written.
        """
        exchange: dict[str, Json] = {"sample": self._sample(), "request": _plain_request(request)}
        asked = _digest(provider, exchange)
        self._attempts[asked] += 1
        exchange |= {"attempt": self._attempts[asked], "answer": _plain_answer(answer)}
        folder = self.folder / _SAFE.sub("_", provider)
        try:
            if provider not in self._written:
                folder.mkdir(parents=True, exist_ok=True)
                self._written[provider] = max((int(path.stem) for path in _exchanges(folder)), default=0)
            self._written[provider] += 1
            path = folder / f"{self._written[provider]:06}.json"
            unfinished = path.with_suffix(".part")  # a process may be killed at any point of its writing
            unfinished.write_text(scrub(_readable(exchange)) + "\n", encoding="utf-8")
            unfinished.replace(path)
        except OSError as error:
            raise ProviderError(f"cannot record in {folder}: {error.strerror or error}") from error

    async def replay(self, provider: str, request: httpx2.Request, *, patience_s: float) -> httpx2.Response:
        """Return the recorded answer to a request of a sample: to its first attempt first, then to the next.

        Args:
            provider: Whose request it is.
            request: The request.
            patience_s: How long to wait for an earlier answer to be asked for; see `Turns`.

        Raises:
            ProviderError: There is none.
            httpx2.TransportError: This is how the recorded call ended.
        """
        if provider not in self._kept:
            self._kept[provider] = self._read(provider)
        kept, sample = self._kept[provider], self._sample()
        answers = kept.answers.get(_digest(provider, {"sample": sample, "request": _plain_request(request)}))
        if not answers:
            named = "" if sample is None else f" for {_named(sample)}"
            raise ProviderError(
                f"{self.folder} holds no{'' if answers is None else ' further'} answer to what {provider} is asked"
                f" now{named}",
                hint="replay the same suite with the same profiles, selection and `--seed` as the recording",
            )
        number, answer = answers.popleft()
        await kept.turns.wait_for(number, patience_s)
        if "failure" in answer:
            raise _FAILURES.get(answer["failure"], httpx2.ReadError)(answer["message"], request=request)
        return httpx2.Response(answer["status"], headers=answer["headers"], content=_content(answer), request=request)

    def _sample(self) -> dict[str, Json] | None:
        sample = _asking.get()
        if sample is None:
            return None
        named = {"case": sample.case_id, "condition": sample.condition.as_dict(), "repeat": sample.repeat}
        return {"suite": self.suite, **named, "turn": sample.turn}

    def _read(self, provider: str) -> _Kept:
        kept: dict[str, deque[tuple[int, Json]]] = {}
        for path in _exchanges(self.folder / _SAFE.sub("_", provider)):
            try:
                exchange = json.loads(path.read_text(encoding="utf-8"))
                sample = exchange["sample"]
                if sample is not None and sample["suite"] != self.suite:
                    continue
                answers = kept.setdefault(_digest(provider, exchange), deque())
                if exchange["attempt"] == 1 and sample is not None:
                    answers.clear()  # a later process began anew with this sample, and its answer counts
                answers.append((int(path.stem), exchange["answer"]))
            except (ValueError, KeyError, TypeError) as error:
                raise ProviderError(f"{path} is no recorded exchange: {error}") from error
        return _Kept(kept, Turns(sorted(number for answers in kept.values() for number, _ in answers)))


@dataclass(frozen=True, slots=True)
class _Kept:
    """One provider's recorded answers with their numbers, by what was asked for whom."""

    answers: Mapping[str, deque[tuple[int, Json]]]
    turns: Turns


_asking: ContextVar[Sample | None] = ContextVar("asking", default=None)
_current: ContextVar[Traffic | None] = ContextVar("traffic", default=None)


def current_traffic() -> Traffic | None:
    """Return what clients opened now should record to or replay from; None for plain calls."""
    return _current.get()


@contextmanager
def asked_for(sample: Sample) -> Generator[None]:
    """Let the calls made meanwhile be known as those of a sample."""
    token = _asking.set(sample)
    try:
        yield
    finally:
        _asking.reset(token)


@contextmanager
def traffic_in(folder: Path | None, mode: Literal["record", "replay"], suite: str = "") -> Generator[None]:
    """Let clients opened meanwhile record to, or replay from, a folder; None leaves them alone.

    Raises:
        UsageError: There is nothing to replay, or no place to record in.
    """
    if folder is not None and mode == "record":
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"cannot record in {folder}: {error.strerror or error}", hint="name a folder that can be written"
            ) from error
    elif folder is not None and not any(_exchanges(each) for each in folder.iterdir()):
        raise UsageError(f"{folder} holds no recorded exchanges", hint="`evalkit run --record DIR` makes some")
    token = _current.set(None if folder is None else Traffic(folder, mode, suite))
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


def _digest(provider: str, exchange: Mapping[str, Json]) -> str:
    """Hash whose sample asked for what: not the host, so that a recording can be replayed anywhere."""
    request = exchange["request"]
    asked = [provider, exchange["sample"], request["method"], request["path"], request.get("json", request.get("text"))]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _exchanges(folder: Path) -> list[Path]:
    """List the files of exchanges in the order in which they came back."""
    return sorted((path for path in folder.glob("*.json") if path.stem.isdecimal()), key=lambda path: int(path.stem))


def _readable(exchange: Mapping[str, Json]) -> str:
    """Write an exchange for people; where a text holds half a character, every special one as its code."""
    text = json.dumps(exchange, ensure_ascii=False, indent=1)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(exchange, indent=1)
    return text


def _named(sample: Mapping[str, Json]) -> str:
    """Name a sample in a sentence."""
    condition = "".join(f", {axis} {value}" for axis, value in sample["condition"].items())
    turn = "" if sample["turn"] is None else f", turn {sample['turn']}"
    return f"case {sample['case']}, repeat {sample['repeat']}{condition}{turn}"
