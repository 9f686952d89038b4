"""A loopback server that speaks Chat Completions and spends next to nothing: one canned answer, written at once.

    python benchmarks/hosted/instant_server.py --latency-s 0.3 --fault-share 0.1

It is a process of its own, so that its time is not counted with that of whoever asks. It prints its port, and ends
when its standard input does, so that it never outlives the benchmark that started it. `GET /counts` says what it did.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

PROMPT_TOKENS = 24
ANSWER_TOKENS = 16
ANSWER = "A message broker takes messages from senders, keeps them, and hands them on to receivers."
COMPLETION: dict[str, Any] = {
    "id": "chatcmpl-000001",
    "object": "chat.completion",
    "created": 1795000000,
    "model": "gpt-4.1-mini-2025-04-14",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": ANSWER, "refusal": None, "annotations": []},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {
        "prompt_tokens": PROMPT_TOKENS,
        "completion_tokens": ANSWER_TOKENS,
        "total_tokens": PROMPT_TOKENS + ANSWER_TOKENS,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    },
    "service_tier": "default",
    "system_fingerprint": "fp_0000000000",
}
OVERLOADED = {"error": {"message": "The server is overloaded.", "type": "server_error", "code": None, "param": None}}
LIMITED = {"error": {"message": "Rate limit reached.", "type": "requests", "code": "rate_limit_exceeded"}}
REASONS = {200: "OK", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}
FAULTS = ("status 503", "status 500", "reset", "truncated")
"""What goes wrong with a call that is chosen to fail; none of them says how long to wait."""
_BURST_S = 1.0
"""A limit of n a minute takes n / 60 at once and no more, as a vendor may that keeps its limits by the second."""


@dataclass(slots=True)
class Bucket:
    """A limit as a vendor keeps it: holds a second's worth, and fills steadily."""

    per_minute: float
    level: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.capacity

    @property
    def capacity(self) -> float:
        """What may go at once."""
        return max(1.0, self.per_minute / 60 * _BURST_S)

    def wait_s(self, amount: float) -> float:
        """Return the seconds until `amount` is there; 0 when it is."""
        now = time.monotonic()
        self.level = min(self.capacity, self.level + (now - self.at) * self.per_minute / 60)
        self.at = now
        return max(0.0, (amount - self.level) / (self.per_minute / 60))


@dataclass(slots=True)
class Counts:
    """What the server did.

    Attributes:
        began_s: When the first call came, on the server's clock; None before it.
        first_s: When the first answer with status 200 was written.
        last_s: When the last one was.
    """

    requests: int = 0
    answered: int = 0
    faults: int = 0
    limited: int = 0
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    began_s: float | None = None
    first_s: float | None = None
    last_s: float | None = None


@dataclass(slots=True)
class Server:
    """How it answers.

    Attributes:
        latency_s: From the whole request to the answer, faults included.
        fault_share: Of the calls, chosen at random, that fail.
        requests: Limit on requests; None for none.
        tokens: Limit on tokens; None for none.
    """

    latency_s: float = 0.0
    fault_share: float = 0.0
    requests: Bucket | None = None
    tokens: Bucket | None = None
    counts: Counts = field(default_factory=Counts)
    chance: random.Random = field(default_factory=random.Random)

    def refusal(self) -> bytes | None:
        """Return the answer to a call that passes a limit, or take the call from the limits and return None."""
        kept = [(bucket, _amount(kind)) for kind, bucket in self._limits()]
        wait_s = max((bucket.wait_s(amount) for bucket, amount in kept), default=0.0)
        if wait_s > 0:
            return answer(429, LIMITED, (f"retry-after-ms: {wait_s * 1000:.0f}", *self._rate_headers()))
        for bucket, amount in kept:
            bucket.level -= amount
        return None

    def good(self) -> bytes:
        """Return the canned answer, with the limits as they stand."""
        return answer(200, COMPLETION, self._rate_headers()) if self.requests or self.tokens else INSTANT

    def fault(self) -> str | None:
        """Choose what goes wrong with this call; None for nothing."""
        return self.chance.choice(FAULTS) if self.chance.random() < self.fault_share else None

    def _limits(self) -> list[tuple[str, Bucket]]:
        pairs = (("requests", self.requests), ("tokens", self.tokens))
        return [(kind, bucket) for kind, bucket in pairs if bucket is not None]

    def _rate_headers(self) -> list[str]:
        """Write the limits as OpenAI does."""
        lines: list[str] = []
        for kind, bucket in self._limits():
            full_in_s = (bucket.capacity - bucket.level) / (bucket.per_minute / 60)
            lines += [
                f"x-ratelimit-limit-{kind}: {int(bucket.capacity)}",
                f"x-ratelimit-remaining-{kind}: {max(0, int(bucket.level))}",
                f"x-ratelimit-reset-{kind}: {round(full_in_s * 1000)}ms",
            ]
        return lines


def _amount(kind: str) -> int:
    return 1 if kind == "requests" else PROMPT_TOKENS + ANSWER_TOKENS


def answer(status: int, document: object, headers: tuple[str, ...] | list[str] = ()) -> bytes:
    """Write an answer with the headers that a vendor sends."""
    body = json.dumps(document).encode()
    lines = [
        f"HTTP/1.1 {status} {REASONS[status]}",
        "date: Mon, 01 Jan 2035 00:00:00 GMT",
        "content-type: application/json",
        f"content-length: {len(body)}",
        "openai-organization: user-0000",
        "openai-processing-ms: 1",
        "openai-version: 2020-10-01",
        "x-request-id: req_00000000000000000000000000000001",
        *headers,
    ]
    return "\r\n".join((*lines, "", "")).encode() + body


_AMPLE = [
    f"x-ratelimit-{what}-{kind}: {value}"
    for kind, full in (("requests", 30_000), ("tokens", 150_000_000))
    for what, value in (("limit", full), ("remaining", full - 1), ("reset", "2ms"))
]
INSTANT = answer(200, COMPLETION, _AMPLE)


class Connection(asyncio.Protocol):
    """One connection, which may ask again and again."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.counts.connections += 1

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._buffer += data
        while True:
            head, blank, rest = self._buffer.partition(b"\r\n\r\n")
            if not blank or len(rest) < (length := _content_length(head)):
                return
            self._buffer = rest[length:]
            self._asked(head)

    def _asked(self, head: bytes) -> None:
        server, counts = self._server, self._server.counts
        if head.startswith(b"GET /counts"):
            self._write(answer(200, asdict(counts)))
            return
        counts.began_s = counts.began_s or time.monotonic()
        counts.requests += 1
        counts.at_once += 1
        counts.most_at_once = max(counts.most_at_once, counts.at_once)
        refusal = server.refusal()
        if refusal is not None:
            counts.limited += 1
            counts.at_once -= 1
            self._write(refusal)
        elif server.latency_s:
            asyncio.get_running_loop().call_later(server.latency_s, self._answer)
        else:
            self._answer()

    def _answer(self) -> None:
        server, counts = self._server, self._server.counts
        counts.at_once -= 1
        fault = server.fault()
        if fault is None:
            counts.answered += 1
            counts.last_s = time.monotonic()
            counts.first_s = counts.first_s or counts.last_s
            self._write(server.good())
            return
        counts.faults += 1
        if fault == "reset":
            assert self._transport is not None
            self._transport.abort()
        elif fault == "truncated":
            self._write(server.good()[:-200])
            assert self._transport is not None
            self._transport.close()
        else:
            self._write(answer(int(fault.removeprefix("status ")), OVERLOADED))

    def _write(self, content: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(content)


def _content_length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return 0 if at < 0 else int(head[at + 15 : head.find(b"\r\n", at) if b"\r\n" in head[at:] else None])


async def serve(server: Server) -> None:
    """Serve on a free port of loopback until standard input ends."""
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    listening.close()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency-s", type=float, default=0.0)
    parser.add_argument("--fault-share", type=float, default=0.0)
    parser.add_argument("--seed", type=float, default=7, help="of the faults")
    parser.add_argument("--requests-per-minute", type=float)
    parser.add_argument("--tokens-per-minute", type=float)
    options = parser.parse_args()
    requests, tokens = options.requests_per_minute, options.tokens_per_minute
    server = Server(
        options.latency_s,
        options.fault_share,
        None if requests is None else Bucket(requests),
        None if tokens is None else Bucket(tokens),
        chance=random.Random(options.seed),
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(server))


if __name__ == "__main__":
    main()
