"""The run engine against the three vendors on loopback: faults, limits, ends, caps, and what a run leaves behind."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pytest

from evalkit.errors import ProviderError
from evalkit.expand import Plan
from evalkit.generate import Work, generate
from evalkit.generate.budget import Budget
from evalkit.providers.registry import build_provider
from evalkit.types import Case, Completion, Condition
from vendors.asked import RefusedError, Reply
from vendors.faults import Fault
from vendors.limits import Bucket, Limit
from vendors.server import VENDORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.generate import Tally
    from evalkit.protocols import Provider
    from evalkit.store import Store
    from evalkit.types import Profile, Run, Sample, Suite
    from vendors.asked import Asked, Vendor
    from vendors.server import FakeVendors

Form: TypeAlias = Literal["seconds", "ms", "date", "info"]
Kind: TypeAlias = Literal["quota", "spend_limit", "bad_key"]
MODELS: dict[str, str] = {"claude": "claude-haiku-4-5", "openai": "gpt-4.1-mini", "gemini": "gemini-2.5-flash-lite"}
KNOWN: dict[str, dict[str, Any]] = {"openai": {"options": {"server": "openai"}}}
"""Makes the table of model families hold for a server that is not the vendor's own."""
PASSING: tuple[Any, ...] = (
    "hang", "reset", "cut", "truncated", "html", "empty", "missing_field", "wrong_type", "list",
)  # fmt: skip


async def _collect(provider: Provider, samples: Sequence[Sample]) -> dict[int, Completion]:
    await provider.prepare(lambda _what, _share: None)
    try:
        return {sample.position: completion async for sample, completion in provider.complete(samples)}
    finally:
        await provider.aclose()


@pytest.fixture
def ask(
    vendor_profile: Callable[..., Profile], make_sample: Callable[..., Sample]
) -> Callable[..., dict[int, Completion]]:
    """Give a function that asks a vendor for so many completions and returns them by position."""

    def go(vendor: Vendor, count: int, **parts: Any) -> dict[int, Completion]:  # noqa: ANN401 - any field of a profile
        profile = vendor_profile(vendor, MODELS[vendor], **{**KNOWN.get(vendor, {}), **parts})
        samples = [make_sample(each, f"Say {each}.") for each in range(count)]
        return asyncio.run(_collect(build_provider(profile), samples))

    return go


def _first_times(fault: Fault, times: int = 1) -> Callable[[Asked], Fault | None]:
    """Befall the first requests only."""
    left = [fault] * times
    return lambda _asked: left.pop() if left else None


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_passing_fault_is_asked_again(
    vendors: FakeVendors, ask: Callable[..., dict[int, Completion]], vendor: Vendor
) -> None:
    """It ends in a good answer, never in a scored page or half a document; the attempts are on record."""
    faults = [
        *(Fault(kind) for kind in PASSING),
        *(Fault("status", status, retry_after_s=0.01) for status in (408, 409, 429, 500, 502, 503, 504, 529)),
    ]
    left = {f"Say {number}.": fault for number, fault in enumerate(faults)}
    vendors.fault = lambda asked: left.pop(asked.prompt, None)
    completions = ask(vendor, len(faults), timeout_s=0.5, limits={"concurrency": 1})
    shown = {position: (each.outcome, each.text, each.attempts) for position, each in completions.items()}
    assert shown == {number: ("complete", f"You said: Say {number}.", 2) for number in range(len(faults))}
    assert len(vendors.completions(vendor)) == 2 * len(faults)


@pytest.mark.parametrize("vendor", VENDORS)
def test_these_statuses_are_never_asked_again(
    vendors: FakeVendors, ask: Callable[..., dict[int, Completion]], vendor: Vendor
) -> None:
    """They are errors of their calls, not scored, in the server's words."""
    statuses = [400, 406, 413, 415, 418, 422, 451]
    vendors.fault = lambda asked: Fault("status", statuses[asked.number], message="this cannot be")
    completions = ask(vendor, len(statuses), limits={"concurrency": 1})
    shown = [(each.outcome, each.attempts, each.scored, each.error) for _, each in sorted(completions.items())]
    assert shown == [("error", 1, False, f"{status}: this cannot be") for status in statuses]
    assert len(vendors.completions(vendor)) == len(statuses)


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_an_answer_is_never_asked_again(
    vendors: FakeVendors, ask: Callable[..., dict[int, Completion]], vendor: Vendor
) -> None:
    """A refusal, a filtered and a cut answer are what the model gave."""
    endings: list[Any] = ["refused", "filtered", "blocked", "length"]
    vendors.reply = lambda asked: Reply("half an", ending=endings[asked.number])
    completions = ask(vendor, 4, limits={"concurrency": 1})
    assert [completions[each].outcome for each in range(4)] == ["refusal"] * 3 + ["truncated"]
    assert len(vendors.completions(vendor)) == 4


@pytest.mark.parametrize(
    ("vendor", "form"), [("claude", "seconds"), ("openai", "ms"), ("openai", "date"), ("gemini", "info")]
)
def test_a_wish_to_wait_is_obeyed_in_every_form(
    vendors: FakeVendors, ask: Callable[..., dict[int, Completion]], vendor: Vendor, form: Form
) -> None:
    """Nothing arrives before the time, from any worker; a date counts whole seconds."""
    vendors.fault = _first_times(Fault("status", 429, 1.2 if form == "date" else 0.3, form))
    assert {each.outcome for each in ask(vendor, 4, limits={"concurrency": 2}).values()} == {"complete"}
    refused = next(each for each in vendors.received if each.status == 429)
    later = [each.at for each in vendors.received if each.at > refused.at + 0.1]
    assert [each.status for each in vendors.received].count(429) == 1
    assert later
    assert min(later) - refused.at >= (0.19 if form == "date" else 0.29)


@pytest.mark.parametrize("vendor", ["claude", "openai"])
def test_headers_keep_refusals_few(
    vendors: FakeVendors, ask: Callable[..., dict[int, Completion]], vendor: Vendor
) -> None:
    """The server allows a third of what the profile says, and says so: hardly any call is refused."""
    vendors.latency_s = 0.02
    vendors.limits[vendor] = Limit(requests=Bucket(2400))
    completions = ask(vendor, 120, limits={"concurrency": 8, "requests_per_minute": 7200})
    assert {each.outcome for each in completions.values()} == {"complete"}
    assert Counter(each.status for each in vendors.completions(vendor))[429] <= 8


def test_a_rate_is_found_where_no_header_states_it(
    vendors: FakeVendors, ask: Callable[..., dict[int, Completion]]
) -> None:
    """Gemini states no limits; nothing is lost, and refusals stay fewer than answers."""
    vendors.latency_s = 0.02
    vendors.limits["gemini"] = Limit(requests=Bucket(2400))
    completions = ask("gemini", 80, limits={"concurrency": 8, "attempts": 2})
    assert {each.outcome for each in completions.values()} == {"complete"}
    assert Counter(each.status for each in vendors.completions("gemini"))[429] <= 40


def test_token_limits_are_kept_by_the_headers_too(
    vendors: FakeVendors, ask: Callable[..., dict[int, Completion]]
) -> None:
    """A profile that knows of no limit of tokens learns it."""
    vendors.latency_s = 0.02
    vendors.limits["openai"] = Limit(tokens=Bucket(48_000))  # forty calls of twenty tokens a second
    completions = ask("openai", 80)
    assert {each.outcome for each in completions.values()} == {"complete"}
    assert Counter(each.status for each in vendors.completions("openai"))[429] <= 8


class Setting:
    """A suite of one case, providers and a store, and what was drawn."""

    def __init__(self, store: Store, suite: Suite, conditions: Sequence[Condition], repeats: int) -> None:
        self.store, self.suite, self.conditions, self.repeats = store, suite, conditions, repeats
        self.run: Run | None = None

    def draw(self, *profiles: Profile, budget: Budget | None = None) -> Tally:
        """Draw what is missing."""
        if self.run is None:
            self.run = self.store.create_run(
                self.suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=profiles
            )
        run = self.run.id

        async def go() -> Tally:
            providers = [build_provider(profile) for profile in profiles]
            works = [
                Work(
                    each,
                    Plan(self.suite, each.profile, 7, seed_drawn=False),
                    self.conditions,
                    self.suite.cases,
                    self.repeats,
                )
                for each in providers
            ]
            try:
                return await generate(self.store, run, works, budget=budget)
            finally:
                for each in providers:
                    await each.aclose()

        return asyncio.run(go())

    def done(self, provider: str) -> int:
        """Return how many samples of a provider need no draw any more."""
        assert self.run is not None
        return len(self.store.done(self.run.id, provider))


@pytest.fixture
def setting(store: Store, make_suite: Callable[..., Suite]) -> Callable[..., Setting]:
    """Give a function that sets up a suite of so many samples, over some temperatures."""

    def make(repeats: int, *temperatures: float) -> Setting:
        suite = make_suite(cases=(Case("one", "Say one thing."),), repeats=repeats, settings={"max_tokens": 50})
        conditions = [Condition((("temperature", each),)) for each in temperatures] or [Condition()]
        return Setting(store, suite, conditions, repeats)

    return make


@pytest.fixture
def three(vendor_profile: Callable[..., Profile]) -> Callable[..., tuple[Profile, ...]]:
    """Give a function that returns a profile of each vendor."""

    def make(**parts: Any) -> tuple[Profile, ...]:  # noqa: ANN401 - any field of a profile
        return tuple(vendor_profile(each, MODELS[each], **{**KNOWN.get(each, {}), **parts}) for each in VENDORS)

    return make


@pytest.mark.parametrize(
    ("ill", "end"),
    [
        ("claude", ("quota", "has no credit left")),
        ("claude", ("spend_limit", "has no credit left")),
        ("openai", ("quota", "has no credit left")),
        ("openai", ("bad_key", "refused the key")),
        ("gemini", ("quota", "quota of the day")),
        ("gemini", ("bad_key", "refused the key")),
    ],
)
def test_what_ends_a_vendor_ends_it_alone(
    vendors: FakeVendors,
    setting: Callable[..., Setting],
    three: Callable[..., tuple[Profile, ...]],
    ill: Vendor,
    end: tuple[Kind, str],
) -> None:
    """At once, after as many calls as were under way; the others finish, and a later sitting draws the rest."""
    kind, words = end
    vendors.latency_s = 0.01
    vendors.fault = lambda asked: Fault(kind) if asked.vendor == ill and asked.number >= 5 else None
    here, profiles = setting(30), three(limits={"concurrency": 4})
    tally = here.draw(*profiles)
    assert list(tally.failures) == [ill]
    assert words in tally.failures[ill].message
    assert len(vendors.completions(ill)) <= 5 + 4
    assert {each: here.done(each) for each in VENDORS} == {**dict.fromkeys(VENDORS, 30), ill: 5}
    vendors.fault = lambda _asked: None
    assert here.draw(*profiles).failures == {}
    assert {here.done(each) for each in VENDORS} == {30}
    good = Counter(each.vendor for each in vendors.received if each.status == 200)
    assert good == dict.fromkeys(VENDORS, 30)


def test_no_vendor_slows_another(
    vendors: FakeVendors, setting: Callable[..., Setting], three: Callable[..., tuple[Profile, ...]]
) -> None:
    """While one hangs and one is held for a minute, the third is done in no time."""

    def befall(asked: Asked) -> Fault | None:
        if asked.vendor == "claude":
            return Fault("hang")
        return Fault("status", 429, 60.0) if asked.vendor == "openai" else None

    vendors.fault = befall
    here, seen = setting(40), list[float]()

    async def go() -> None:
        profiles = three()
        here.run = here.store.create_run(
            here.suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=profiles
        )
        providers = [build_provider(profile) for profile in profiles]
        works = [
            Work(each, Plan(here.suite, each.profile, 7, seed_drawn=False), here.conditions, here.suite.cases, 40)
            for each in providers
        ]
        began = time.monotonic()
        task = asyncio.ensure_future(generate(here.store, here.run.id, works))
        while here.done("gemini") < 40 and time.monotonic() - began < 30:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.02)
        seen.append(time.monotonic() - began)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for each in providers:
            await each.aclose()

    asyncio.run(go())
    assert here.done("gemini") == 40
    assert seen[0] < 20
    assert (here.done("claude"), here.done("openai")) == (0, 0)


def test_a_refused_value_is_asked_no_more_even_in_a_later_sitting(
    vendors: FakeVendors, setting: Callable[..., Setting], vendor_profile: Callable[..., Profile]
) -> None:
    """Cells of the value are unsupported in the server's words; the other value is drawn to the end."""

    def reply(asked: Asked) -> Reply:
        if asked.settings["temperature"] == 0.0:
            raise RefusedError("temperature: 0 is too cold", parameter="temperature", code="unsupported_value")
        if asked.number > 20 and not healed:
            raise RefusedError("no credit", status=402)
        return Reply("fine")

    vendors.reply, healed = reply, list[bool]()
    profile = vendor_profile("openai", "gpt-4.1-mini", limits={"concurrency": 2})
    here = setting(40, 1.0, 0.0, 0.5)
    here.conditions = [Condition((("temperature", value), ("top_p", top))) for top in (1, 0.9) for value in (0.0, 1.0)]

    def cold() -> int:
        bodies = [each.body for each in vendors.completions("openai")]
        return sum(body["temperature"] == 0.0 for body in bodies)

    first = here.draw(profile)
    assert list(first.failures) == ["openai"]
    assert 1 <= cold() <= 2
    assert here.done("openai") < 160
    healed.append(True)
    before = cold()
    # What a run's next sitting is told, as `evalkit run --resume` does it.
    assert here.run is not None
    refused = here.store.refused(here.run.id, "openai")
    assert [reason for _, reason in refused] == ["gpt-4.1-mini refused `temperature`: temperature: 0 is too cold"]
    assert here.draw(profile).failures == {}
    assert cold() - before <= 2
    outcomes = Counter(drawn.completion.outcome for drawn in here.store.drawn(here.run.id, "openai"))
    assert outcomes == {"complete": 80, "unsupported": 80}


PRICE = {"input": 1000.0, "output": 1000.0}
"""A thousandth of a dollar a token, so that the cents count."""


@pytest.mark.parametrize("cap", [0.0, 0.05, 0.3, 1.0])
def test_a_cap_is_never_passed_by_more_than_what_is_in_flight(
    vendors: FakeVendors, setting: Callable[..., Setting], three: Callable[..., tuple[Profile, ...]], cap: float
) -> None:
    """Over all three vendors: what the server counted stays below the cap, since reservations are upper bounds."""
    vendors.latency_s = 0.005
    here = setting(30)
    tally = here.draw(*three(price=PRICE), budget=Budget(cap))
    assert here.run is not None
    spent = here.store.spent_usd(here.run.id)
    tokens = sum(
        (drawn.completion.usage.input_tokens or 0) + (drawn.completion.usage.output_tokens or 0)
        for vendor in VENDORS
        for drawn in here.store.drawn(here.run.id, vendor)
    )
    answered = sum(each.status == 200 for each in vendors.received)
    assert answered == tally.asked
    assert tokens == answered * 8  # three words were asked, five were said
    assert spent == pytest.approx(tokens * 1e-3)
    assert spent <= cap
    assert tally.over_budget == (answered < 90)
    if tally.over_budget:
        assert spent > cap - 0.06  # less than what one more call was taken to need


def test_a_cap_is_of_the_run_and_not_of_a_sitting(
    vendors: FakeVendors, setting: Callable[..., Setting], three: Callable[..., tuple[Profile, ...]]
) -> None:
    """What was spent before is spent; a higher cap goes on from there."""
    here = setting(30)
    here.draw(*three(price=PRICE), budget=Budget(0.2))
    assert here.run is not None
    before, asked = here.store.spent_usd(here.run.id), len(vendors.received)
    assert here.draw(*three(price=PRICE), budget=Budget(0.2, before)).over_budget
    assert len(vendors.received) - asked <= 1
    here.draw(*three(price=PRICE), budget=Budget(0.4, here.store.spent_usd(here.run.id)))
    assert 0.2 < here.store.spent_usd(here.run.id) <= 0.4


def test_a_vendor_that_fails_leaves_its_money_to_the_others(
    vendors: FakeVendors, setting: Callable[..., Setting], three: Callable[..., tuple[Profile, ...]]
) -> None:
    """What was reserved for its calls is free again, so that nobody waits for it for ever."""
    vendors.latency_s = 0.02
    vendors.fault = lambda asked: Fault("bad_key") if asked.vendor == "claude" else None
    here = setting(20)
    tally = here.draw(*three(price=PRICE, limits={"concurrency": 8}), budget=Budget(0.45))
    assert list(tally.failures) == ["claude"]
    assert here.done("openai") + here.done("gemini") == 40
    assert not tally.over_budget


def test_refusals_are_paid_for_and_lost_usage_counts_whole(
    vendors: FakeVendors, setting: Callable[..., Setting], vendor_profile: Callable[..., Profile]
) -> None:
    """A refusal counts what it cost; an answer that came without its usage counts what was reserved for it."""
    vendors.reply = lambda _asked: Reply(ending="refused")
    here = setting(30)
    budget = Budget(0.5)
    here.draw(vendor_profile("claude", MODELS["claude"], price=PRICE), budget=budget)
    assert budget.spent == pytest.approx(30 * 3e-3)
    assert here.run is not None
    assert {drawn.completion.outcome for drawn in here.store.drawn(here.run.id, "claude")} == {"refusal"}
    vendors.reply = lambda _asked: Reply("fine", usage={"nothing": 1})
    other, silent = setting(30), Budget(0.5)
    other.draw(vendor_profile("claude", MODELS["claude"], price=PRICE), budget=silent)
    assert silent.reached
    assert 0.4 < silent.spent <= 0.5


def test_what_is_not_priced_does_not_count(
    vendors: FakeVendors, setting: Callable[..., Setting], vendor_profile: Callable[..., Profile]
) -> None:
    """With `--allow-unknown-cost`; what has a price is held to the cap beside it."""
    priced = vendor_profile("claude", MODELS["claude"], price=PRICE)
    unknown = vendor_profile("gemini", MODELS["gemini"])
    here = setting(40)
    tally = here.draw(priced, unknown, budget=Budget(0.1))
    assert tally.over_budget
    assert here.done("gemini") == 40
    assert 0 < here.done("claude") < 15
    assert len(vendors.completions("gemini")) == 40


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_unreachable_server_is_one_sentence(
    ask: Callable[..., dict[int, Completion]], vendors: FakeVendors, vendor: Vendor
) -> None:
    """After its attempts, and not one error for each sample."""
    address = "http://127.0.0.1:9" + ("/v1" if vendor == "openai" else "")
    with pytest.raises(ProviderError, match=r"^cannot reach http://127\.0\.0\.1:9") as raised:
        ask(vendor, 50, base_url=address, limits={"attempts": 1, "concurrency": 2})
    assert raised.value.hint == "look at the network, and at `base_url`"
    assert vendors.received == []
