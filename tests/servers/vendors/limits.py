"""Rate limits as the vendors keep them: token buckets, with headers that say what is left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Bucket:
    """Holds a minute's allowance at most, and fills steadily."""

    per_minute: float
    level: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.capacity

    @property
    def capacity(self) -> float:
        """What may go at once: two seconds' worth."""
        return max(1.0, self.per_minute / 30)

    def fill(self) -> None:
        """Let flow in what has come since the last look."""
        now = time.monotonic()
        self.level = min(self.capacity, self.level + (now - self.at) * self.per_minute / 60)
        self.at = now

    def take(self, amount: float) -> bool:
        """Take an amount if it is there."""
        self.fill()
        if self.level < min(amount, self.capacity):
            return False
        self.level -= amount
        return True

    @property
    def full_in_s(self) -> float:
        """Seconds until it is full again."""
        return (self.capacity - self.level) / (self.per_minute / 60)


@dataclass(slots=True)
class Limit:
    """The limits of one vendor."""

    requests: Bucket | None = None
    tokens: Bucket | None = None

    def admit(self, tokens: float) -> float | None:
        """Return None when a request may pass, or the seconds that it should wait."""
        if self.requests is not None and not self.requests.take(1):
            return (1 - self.requests.level) / (self.requests.per_minute / 60)
        if self.tokens is not None and not self.tokens.take(tokens):
            wanted = min(tokens, self.tokens.capacity)
            return (wanted - self.tokens.level) / (self.tokens.per_minute / 60)
        return None

    def openai_headers(self) -> dict[str, str]:
        """Return `x-ratelimit-*`."""
        headers: dict[str, str] = {}
        for kind, bucket in (("requests", self.requests), ("tokens", self.tokens)):
            if bucket is not None:
                headers[f"x-ratelimit-limit-{kind}"] = str(int(bucket.capacity))
                headers[f"x-ratelimit-remaining-{kind}"] = str(max(0, int(bucket.level)))
                headers[f"x-ratelimit-reset-{kind}"] = f"{round(bucket.full_in_s * 1000)}ms"
        return headers

    def claude_headers(self) -> dict[str, str]:
        """Return `anthropic-ratelimit-*`."""
        headers: dict[str, str] = {}
        for kind, bucket in (("requests", self.requests), ("tokens", self.tokens)):
            if bucket is not None:
                reset = datetime.now(UTC) + timedelta(seconds=bucket.full_in_s)
                headers[f"anthropic-ratelimit-{kind}-limit"] = str(int(bucket.capacity))
                headers[f"anthropic-ratelimit-{kind}-remaining"] = str(max(0, int(bucket.level)))
                headers[f"anthropic-ratelimit-{kind}-reset"] = reset.isoformat().replace("+00:00", "Z")
        return headers
