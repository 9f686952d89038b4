"""Making a provider of an adapter of single calls."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import (
    CallError,
    ProfileError,
    ProviderError,
    SettingRefusedError,
    TransientError,
    UnreachableError,
)
from evalkit.generate.calls import Calls
from evalkit.providers.adopt import adopt
from evalkit.providers.prices import price_list
from evalkit.secret import key_of
from evalkit.types import Completion, Usage
from tests.generate.conftest import Mine, answered, collected, mine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from evalkit.types import Sample


def calls_of(adapter: Mine) -> Calls:
    """Return the provider of an adapter."""
    made = adopt(adapter, adapter.profile)
    assert isinstance(made, Calls)
    return made


def drawn(adapter: Mine, *samples: Sample) -> list[Completion]:
    """Return what came back for some samples, in their order."""
    found = asyncio.run(collected(calls_of(adapter), samples))
    return [completion for _, completion in sorted(found, key=lambda each: each[0].position)]


def after(*errors: Exception) -> Callable[[Sample], Awaitable[Completion]]:
    """Return an answer that comes once each of these errors was raised."""
    left = list(errors)

    async def answer(sample: Sample) -> Completion:
        await asyncio.sleep(0)
        if left:
            raise left.pop(0)
        return answered(sample)

    return answer


def always(error: Exception) -> Callable[[Sample], Awaitable[Completion]]:
    """Return an answer that never comes."""

    async def answer(_sample: Sample) -> Completion:
        await asyncio.sleep(0)
        raise error

    return answer


NOW = TransientError("the server is tired", retry_after_s=0.001)
"""Asked again at once, so that tests are fast."""


def test_every_sample_is_answered_once(make_sample: Callable[..., Sample]) -> None:
    """By as many calls at a time as the profile allows."""
    adapter = Mine(mine(limits={"concurrency": 5}))
    completions = drawn(adapter, *(make_sample(position) for position in range(40)))
    assert [each.text for each in completions] == [f"answer {position}" for position in range(40)]
    assert {each.attempts for each in completions} == {1}
    assert all(each.latency_s is not None and each.latency_s >= 0 for each in completions)
    assert Counter(sample.position for sample in adapter.asked) == Counter(range(40))
    assert adapter.most_under_way == 5


def test_samples_are_pulled_as_capacity_allows(make_sample: Callable[..., Sample]) -> None:
    """Twenty thousand are not held in memory, and money is reserved for what is asked only."""
    pulled: list[int] = []
    adapter = Mine(mine(limits={"concurrency": 3}))

    def samples() -> Iterator[Sample]:
        for position in range(60):
            pulled.append(position)
            yield make_sample(position)

    async def go() -> None:
        async for sample, _ in calls_of(adapter).complete(samples()):
            assert len(pulled) <= sample.position + 12

    asyncio.run(go())
    assert len(pulled) == 60


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"concurency": 4.0}, "there is no limit `concurency`"),
        ({"concurrency": 0.5}, "limit `concurrency` must be at least 1, got 0.5"),
        ({"attempts": 0.0}, "limit `attempts` must be at least 1, got 0"),
    ],
)
def test_a_wrong_limit_is_refused(limits: dict[str, float], message: str) -> None:
    """It would be without effect, or nothing would be asked at all."""
    with pytest.raises(ProfileError) as raised:
        calls_of(Mine(mine(limits=limits)))
    assert raised.value.message == message


def test_what_may_help_is_tried_again(make_sample: Callable[..., Sample]) -> None:
    """And the completion says how often."""
    (completion,) = drawn(Mine(mine(), after(NOW, NOW)), make_sample())
    assert (completion.outcome, completion.attempts) == ("complete", 3)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (CallError("400: no such thing"), "400: no such thing"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (KeyError("choices"), "KeyError: 'choices'"),
        (asyncio.CancelledError(), "the adapter cancelled its own call"),
    ],
)
def test_what_would_not_help_is_not_tried_again(
    make_sample: Callable[..., Sample], error: Exception, message: str
) -> None:
    """It is this call's error, whatever was raised; the next call goes on."""
    adapter = Mine(mine(limits={"concurrency": 1}), after(error))
    first, second = drawn(adapter, make_sample(0), make_sample(1))
    assert (first.outcome, first.error, first.attempts, first.scored) == ("error", message, 1, False)
    assert second.outcome == "complete"


@pytest.mark.parametrize("attempts", [1, 3])
def test_after_enough_attempts_it_is_an_error(make_sample: Callable[..., Sample], attempts: int) -> None:
    """With what went wrong last, and how often it was asked."""
    adapter = Mine(mine(limits={"attempts": attempts}), always(NOW))
    (completion,) = drawn(adapter, make_sample())
    assert completion.error == f"the server is tired; asked {'once' if attempts == 1 else f'{attempts} times'}"
    assert (completion.outcome, completion.attempts, len(adapter.asked)) == ("error", attempts, attempts)


def test_a_hanging_call_is_given_up_after_its_time(make_sample: Callable[..., Sample]) -> None:
    """And its task is ended, not left behind."""

    async def hang(_sample: Sample) -> Completion:
        await asyncio.sleep(3600)
        raise AssertionError

    adapter = Mine(mine(timeout_s=0.05, limits={"attempts": 2}), hang)
    (completion,) = drawn(adapter, make_sample())
    assert completion.error == "no answer within 0.05 s; asked 2 times"
    assert (len(adapter.asked), adapter.under_way) == (2, 0)


def test_a_wish_to_wait_holds_for_every_call(make_sample: Callable[..., Sample]) -> None:
    """Nobody asks before the time, and waiting is no back-off of half a minute."""
    began, times = time.monotonic(), list[float]()

    async def busy_at_first(sample: Sample) -> Completion:
        times.append(time.monotonic() - began)
        if len(times) <= 2:
            raise TransientError("busy", retry_after_s=0.3)
        return answered(sample)

    completions = drawn(
        Mine(mine(limits={"concurrency": 2}), busy_at_first), *(make_sample(position) for position in range(6))
    )
    assert [each.outcome for each in completions] == ["complete"] * 6
    assert min(times[2:]) >= 0.3
    assert len(times) == 8


def test_a_wish_to_wait_is_obeyed_up_to_a_point(make_sample: Callable[..., Sample]) -> None:
    """An hour is cut to what the profile allows."""
    began = time.monotonic()
    hour = TransientError("busy", retry_after_s=3600)
    (completion,) = drawn(Mine(mine(limits={"longest_wait_s": 0.1}), after(hour)), make_sample())
    assert completion.outcome == "complete"
    assert 0.1 <= time.monotonic() - began < 60


def test_too_many_calls_are_no_failure_while_others_are_served(make_sample: Callable[..., Sample]) -> None:
    """One that has to queue longer than its attempts is answered in the end."""

    async def one_at_a_time(sample: Sample) -> Completion:
        if adapter.under_way > 1:
            raise TransientError("429: too many", too_many=True, retry_after_s=0.002)
        await asyncio.sleep(0.002)
        return answered(sample)

    adapter = Mine(mine(limits={"concurrency": 4, "attempts": 2}), one_at_a_time)
    completions = drawn(adapter, *(make_sample(position) for position in range(8)))
    assert [each.outcome for each in completions] == ["complete"] * 8


def test_too_many_calls_are_a_failure_where_nobody_is_served(make_sample: Callable[..., Sample]) -> None:
    """It does not go on for ever."""
    refused = TransientError("429: too many", too_many=True, retry_after_s=0.001)
    adapter = Mine(mine(limits={"attempts": 3}), always(refused))
    (completion,) = drawn(adapter, make_sample())
    assert (completion.outcome, completion.attempts) == ("error", 3)


def ended(adapter: Mine, count: int, make_sample: Callable[..., Sample]) -> tuple[ProviderError, list[Completion]]:
    """Return what ended a provider, and what came before."""
    found = list[Completion]()

    async def go() -> None:
        async for _, completion in calls_of(adapter).complete(make_sample(position) for position in range(count)):
            found.append(completion)

    with pytest.raises(ProviderError) as raised:
        asyncio.run(go())
    return raised.value, found


def test_the_end_of_the_provider_stops_every_call(make_sample: Callable[..., Sample]) -> None:
    """What waits to ask again does not; what is under way comes back and is kept."""

    async def answer(sample: Sample) -> Completion:
        if sample.position == 0:
            await asyncio.sleep(0.05)
            raise ProviderError("mine has no credit left", hint="pay")
        if sample.position == 1:
            await asyncio.sleep(0.1)
            return answered(sample)
        raise TransientError("busy", retry_after_s=60)

    adapter, began = Mine(mine(limits={"concurrency": 4}), answer), time.monotonic()
    error, found = ended(adapter, 30, make_sample)
    assert error.message == "mine has no credit left"
    assert [each.text for each in found] == ["answer 1"]
    assert len(adapter.asked) <= 4
    assert time.monotonic() - began < 30


def test_a_server_that_was_never_there_ends_the_provider(make_sample: Callable[..., Sample]) -> None:
    """Once its attempts are used up, and not sample by sample."""
    gone = UnreachableError("cannot reach http://127.0.0.1:9", retry_after_s=0.001)
    adapter = Mine(mine(limits={"concurrency": 1, "attempts": 2}), always(gone))
    error, found = ended(adapter, 30, make_sample)
    assert error.message == "cannot reach http://127.0.0.1:9"
    assert (len(adapter.asked), found) == (2, [])


def test_a_server_that_goes_away_ends_the_provider_later(make_sample: Callable[..., Sample]) -> None:
    """After so many calls in a row that nothing else can be meant; those are errors, to be asked again."""

    async def answer(sample: Sample) -> Completion:
        if sample.position < 5:
            return answered(sample)
        raise UnreachableError("cannot reach it", retry_after_s=0.001)

    error, found = ended(Mine(mine(limits={"concurrency": 1, "attempts": 1}), answer), 100, make_sample)
    assert error.message == "20 calls in a row failed, the last one once: cannot reach it"
    assert Counter(each.outcome for each in found) == {"complete": 5, "error": 19}


def test_an_error_that_is_an_answer_breaks_the_row(make_sample: Callable[..., Sample]) -> None:
    """A server that says no is there."""

    async def answer(sample: Sample) -> Completion:
        await asyncio.sleep(0)
        raise CallError("400: no") if sample.position % 15 == 0 else NOW

    adapter = Mine(mine(limits={"concurrency": 1, "attempts": 1}), answer)
    assert {each.outcome for each in drawn(adapter, *map(make_sample, range(60)))} == {"error"}


def test_a_refused_value_is_not_asked_again(make_sample: Callable[..., Sample]) -> None:
    """Its cells are unsupported with the server's words; other values go on, and so does a later sitting."""

    async def answer(sample: Sample) -> Completion:
        await asyncio.sleep(0)
        if sample.settings["temperature"] == 0.0:
            raise SettingRefusedError("temperature 0 is too cold", setting="temperature")
        return answered(sample)

    def samples() -> list[Sample]:
        return [make_sample(position, temperature=float(position % 2)) for position in range(100)]

    adapter = Mine(mine(limits={"concurrency": 4}), answer)
    calls = calls_of(adapter)
    found = asyncio.run(collected(calls, samples()))
    asked = Counter(sample.settings["temperature"] for sample in adapter.asked)
    assert asked[1.0] == 50
    assert asked[0.0] <= 4
    refused = [completion for sample, completion in found if sample.settings["temperature"] == 0.0]
    reason = "mine-1 refused `temperature`: temperature 0 is too cold"
    assert {(each.outcome, each.error) for each in refused} == {("unsupported", reason)}
    assert sum(each.attempts for each in refused) == asked[0.0]
    assert calls.refusals == {"temperature": "temperature 0 is too cold"}
    later = Mine(mine(limits={"concurrency": 4}), answer)
    calls = calls_of(later)
    calls.recall({"max_tokens": 16, "temperature": 0.0}, reason)
    asyncio.run(collected(calls, samples()))
    assert Counter(sample.settings["temperature"] for sample in later.asked) == {1.0: 50}


def test_what_the_adapter_left_out_is_added(make_sample: Callable[..., Sample]) -> None:
    """A price from the profile's list; its own cost and latency are left alone."""

    async def answer(sample: Sample) -> Completion:
        if sample.position:
            return Completion("complete", usage=Usage(5, 3), cost_usd=0.5, latency_s=0.25)
        return Completion("complete", usage=Usage(1000, 500))

    first, second = drawn(Mine(mine(price={"input": 2, "output": 10}), answer), make_sample(0), make_sample(1))
    assert first.cost_usd == pytest.approx(1000 * 2e-6 + 500 * 10e-6)
    assert (second.cost_usd, second.latency_s) == (0.5, 0.25)


def test_no_key_comes_back(make_sample: Callable[..., Sample], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a server gives back: in an answer, an error, a refusal, the end of the provider."""
    key = "sk-marker-77aa01bc"
    monkeypatch.setenv("EVALKIT_CALLS_KEY", key)
    profile = mine(key_env="EVALKIT_CALLS_KEY", limits={"concurrency": 1, "attempts": 1})
    key_of(profile)

    async def answer(sample: Sample) -> Completion:
        await asyncio.sleep(0)
        said = f"your key is {key}"
        errors: list[Exception] = [CallError(said), NOW, SettingRefusedError(said, setting="top_p"), ValueError(said)]
        if sample.position < len(errors):
            raise errors[sample.position]
        if sample.position == len(errors):
            return Completion("complete", text=said)
        raise ProviderError(said, hint=said)

    def sample(position: int) -> Sample:
        return make_sample(position, top_p=position / 10)

    error, found = ended(Mine(profile, answer), 6, sample)
    assert len(found) == 5
    assert key not in repr(found) + repr(error) + str(error.hint)


def test_a_stopped_stream_gives_what_had_come(make_sample: Callable[..., Sample]) -> None:
    """And asks nothing more."""

    async def answer(sample: Sample) -> Completion:
        await asyncio.sleep(0 if sample.position < 3 else 3600)
        return answered(sample)

    adapter = Mine(mine(limits={"concurrency": 8}), answer)

    async def go() -> tuple[list[int], int, int]:
        calls = calls_of(adapter)
        stream: Any = calls.complete(map(make_sample, range(100)))
        first, _ = await anext(stream)
        await asyncio.sleep(0.05)
        under_way = calls.in_flight
        await stream.aclose()
        return [first.position, *[sample.position async for sample, _ in stream]], under_way, calls.in_flight

    positions, under_way, left = asyncio.run(go())
    assert sorted(positions) == [0, 1, 2]
    assert (under_way, left, adapter.under_way) == (8, 0, 0)
    assert len(adapter.asked) == 8  # what has come and is not safe yet keeps its place


def test_a_stream_that_was_never_begun_can_be_closed(make_sample: Callable[..., Sample]) -> None:
    """Nothing is asked."""
    adapter = Mine(mine())

    async def go() -> list[Any]:
        stream: Any = calls_of(adapter).complete(map(make_sample, range(5)))
        await stream.aclose()
        return [each async for each in stream]

    assert asyncio.run(go()) == []
    assert adapter.asked == []


def test_samples_that_cannot_be_made_are_the_callers_matter(make_sample: Callable[..., Sample]) -> None:
    """Their error comes out as it is, after what was answered."""

    def samples() -> Iterator[Sample]:
        yield make_sample(0)
        raise LookupError("no such prompt")

    found: list[int] = []

    async def go() -> None:
        async for sample, _ in calls_of(Mine(mine())).complete(samples()):
            found.append(sample.position)

    with pytest.raises(LookupError, match="no such prompt"):
        asyncio.run(go())
    assert found == [0]


def test_the_adapters_own_price_list_is_used() -> None:
    """It is asked like everything else of the adapter."""
    profile = mine(price={"input": 1, "output": 1})
    price = calls_of(Mine(profile)).price()
    own = price_list(profile, None)
    assert price is not None
    assert own is not None
    assert price.cost(Usage(7, 5)) == own.cost(Usage(7, 5))
