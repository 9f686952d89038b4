"""Asking the vendors' counters, through the official libraries against the fake vendors."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from evalkit.expand import Plan, expand, slots
from evalkit.generate.counting import Counts, count_prompts, why_not
from evalkit.providers.adopt import adopt
from evalkit.providers.registry import build_provider
from evalkit.types import Case, Completion, Condition, Profile
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.protocols import Provider
    from evalkit.types import Sample, Suite
    from vendors.asked import Vendor
    from vendors.server import FakeVendors

MODELS: dict[Vendor, str] = {"claude": "claude-haiku-4-5", "openai": "gpt-4.1-mini", "gemini": "gemini-2.5-flash"}


@pytest.fixture
def counted(
    make_suite: Callable[..., Suite], vendor_profile: Callable[..., Profile]
) -> Callable[..., tuple[list[Sample], Counts]]:
    """Give a function that has a vendor count the prompts of so many cases, of 3, 4, 5 ... words."""

    def count(
        vendor: Vendor, cases: int = 3, *, deadline_s: float = 20.0, **parts: object
    ) -> tuple[list[Sample], Counts]:
        options = {"options": {"server": "openai"}} if vendor == "openai" else {}
        profile = vendor_profile(vendor, MODELS[vendor], **{**options, **parts})
        suite = make_suite(cases=tuple(Case(f"c{each}", "Say it" + " again" * (each + 1)) for each in range(cases)))
        plan = Plan(suite, profile, 7, seed_drawn=False)
        samples = list(expand(plan, slots([Condition()], suite.cases, 1)))
        wanted: dict[str, tuple[Provider, Sequence[Sample]]] = {"it": (build_provider(profile), samples)}
        return samples, asyncio.run(count_prompts(wanted, deadline_s=deadline_s))["it"]

    return count


@pytest.mark.parametrize("vendor", list(MODELS))
def test_vendors_count_prompts(
    vendor: Vendor, vendors: FakeVendors, counted: Callable[..., tuple[list[Sample], Counts]]
) -> None:
    """One request for each prompt, to the counter alone; the fakes count words, so that the prompts have 3, 4 and 5."""
    samples, counts = counted(vendor)
    assert [counts.tokens[sample.prompt.digest] for sample in samples] == [3, 4, 5]
    assert counts.why is None
    assert len(vendors.counted(vendor)) == len(vendors.received) == 3


@pytest.mark.parametrize("vendor", list(MODELS))
@pytest.mark.parametrize("kind", ["status", "reset", "html", "empty", "bad_key"])
def test_broken_counter_is_left_alone(
    vendor: Vendor, kind: str, vendors: FakeVendors, counted: Callable[..., tuple[list[Sample], Counts]]
) -> None:
    """The first failure ends the counting, whatever it is; at most the four requests under way were made."""
    vendors.counting = Fault(kind)  # type: ignore[arg-type]  # one of the kinds
    _, counts = counted(vendor, cases=12)
    assert counts.tokens == {}
    assert counts.why is not None
    assert counts.why.startswith("the counter ") or counts.why == "there is no free counter"
    assert 1 <= len(vendors.counted(vendor)) <= 4


def test_hanging_counter_is_not_waited_for(
    vendors: FakeVendors, counted: Callable[..., tuple[list[Sample], Counts]]
) -> None:
    """The deadline holds for all of it, and is named."""
    vendors.counting = Fault("hang")
    began = time.monotonic()
    _, counts = counted("gemini", cases=12, deadline_s=0.3)
    assert counts == Counts({}, "the counter took longer than 0.3 s")
    assert time.monotonic() - began < 10


def test_missing_key_is_named_without_a_call(
    vendors: FakeVendors,
    counted: Callable[..., tuple[list[Sample], Counts]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the key nothing is asked."""
    monkeypatch.delenv("EVALKIT_TEST_KEY")
    assert counted("claude")[1] == Counts({}, "EVALKIT_TEST_KEY is not set")
    assert vendors.received == []


def test_key_command_is_not_run() -> None:
    """It may ask for a password, which nobody expects of an estimate."""
    profile = Profile("p", "claude", "claude-haiku-4-5", key_command="pass show anthropic")
    assert why_not(profile) == "the key_command is not run for an estimate"
    assert why_not(Profile("p", "openai", "m")) is None


def test_compatible_server_has_no_counter(
    vendors: FakeVendors, counted: Callable[..., tuple[list[Sample], Counts]]
) -> None:
    """What is not known to count is not asked to."""
    assert counted("openai", options={})[1] == Counts({}, "there is no free counter")
    assert vendors.received == []


def test_no_prompts_need_no_counter(vendors: FakeVendors, counted: Callable[..., tuple[list[Sample], Counts]]) -> None:
    """A run of which nothing is left asks nothing."""
    assert counted("claude", cases=0)[1] == Counts()
    assert vendors.received == []


class Own:
    """An adapter of a user's that makes calls and counts, and has nothing else."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def supports(self, setting: str) -> bool:
        """Apply nothing."""
        return setting == "max_tokens"

    async def call(self, sample: Sample) -> Completion:
        """Say the case's name."""
        return Completion("complete", sample.case_id)

    async def count_tokens(self, sample: Sample) -> int | None:
        """Count letters, and fail where no answer is allowed."""
        limit = sample.settings["max_tokens"]
        assert isinstance(limit, int)
        return len(sample.prompt.messages[-1].content) // limit


def own_counts(adapter: Own, make_suite: Callable[..., Suite], limit: int) -> Counts:
    """Have an adapter count one prompt of four letters."""
    suite = make_suite(cases=(Case("c", "Four"),), settings={"max_tokens": limit})
    plan = Plan(suite, adapter.profile, 7, seed_drawn=False)
    samples = list(expand(plan, slots([Condition()], suite.cases, 1)))
    return asyncio.run(count_prompts({"own": (adopt(adapter, adapter.profile), samples)}))["own"]


def test_own_adapter_may_count(make_suite: Callable[..., Suite]) -> None:
    """`count_tokens` beside `call` is all that it takes."""
    counts = own_counts(Own(Profile("own", "own", "m")), make_suite, 1)
    assert (list(counts.tokens.values()), counts.why) == ([4], None)


def test_own_adapter_that_raises_spoils_nothing(make_suite: Callable[..., Suite]) -> None:
    """Whatever it raises, the estimate goes on without it."""
    counts = own_counts(Own(Profile("own", "own", "m")), make_suite, 0)
    assert counts == Counts({}, "the counter failed: ZeroDivisionError")
