"""Asks vendors' counters how many tokens prompts have: for nothing, a few at a time, and never for long."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError
from evalkit.protocols import TokenCounter
from evalkit.secret import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.protocols import Provider
    from evalkit.types import Profile, Sample

MOST_PROMPTS = 16
"""Prompts of one provider that are counted; more are scaled up from these."""
DEADLINE_S = 5.0
_AT_ONCE = 4


@dataclass(slots=True)
class Counts:
    """What one provider's counter said.

    Attributes:
        tokens: By the prompt's digest.
        why: Why not every prompt was counted; None when all were, or when there is no counter to be had.
    """

    tokens: dict[str, int] = field(default_factory=dict[str, int])
    why: str | None = None


async def count_prompts(
    asked: Mapping[str, tuple[Provider, Sequence[Sample]]], *, deadline_s: float = DEADLINE_S
) -> dict[str, Counts]:
    """Ask every provider's counter at once; what fails or takes too long is left uncounted, and never raises.

    Args:
        asked: Each provider with the samples whose prompts matter, by its name.
        deadline_s: Seconds for all of it.
    """
    counting = (_count(provider, samples, deadline_s) for provider, samples in asked.values())
    return dict(zip(asked, await asyncio.gather(*counting), strict=True))


def why_not(profile: Profile) -> str | None:
    """Say why a provider's counter is not to be asked; None when it may be.

    A command that prints a key may ask for a password, which nobody expects of an estimate.
    """
    if profile.key_command is not None:
        return "the key_command is not run for an estimate"
    if profile.key_env is not None and not os.environ.get(profile.key_env, "").strip():
        return f"{profile.key_env} is not set"
    return None


async def _count(provider: Provider, samples: Sequence[Sample], deadline_s: float) -> Counts:
    counts = Counts(why=why_not(provider.profile))
    if counts.why is not None or not samples or not isinstance(provider, TokenCounter):
        return counts
    waiting = deque(samples)
    workers = [asyncio.create_task(_work_off(provider, waiting, counts)) for _ in range(min(_AT_ONCE, len(samples)))]
    try:
        async with asyncio.timeout(deadline_s):
            await asyncio.gather(*workers)
    except TimeoutError:
        counts.why = f"the counter took longer than {deadline_s:g} s"
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await provider.aclose()  # a connection belongs to this event loop
    return counts


async def _work_off(counter: TokenCounter, waiting: deque[Sample], counts: Counts) -> None:
    """Count prompts until none is left; the first failure ends the counting, for the others would fail alike."""
    while waiting:
        sample = waiting.popleft()
        try:
            tokens = await counter.count_tokens(sample)
        except EvalkitError as error:
            counts.why = f"the counter failed: {scrub(error.message)}"
        except Exception as error:  # noqa: BLE001 - an estimate is no reason to fail, whatever an adapter raises
            counts.why = f"the counter failed: {type(error).__name__}"
        else:
            if tokens is not None:
                counts.tokens[sample.prompt.digest] = tokens
                continue
            counts.why = "there is no free counter"
        waiting.clear()
