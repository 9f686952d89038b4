"""The scripted provider: what it answers, and what it refuses to be told."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import ProfileError
from evalkit.expand import Plan, expand, slots
from evalkit.providers.scripted import ScriptedProvider
from evalkit.types import Case, Condition, Message, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evalkit.types import Completion, Sample, Suite

CASES = (Case("one", "Say one."), Case("two", "Say two."))


def _provider(limits: dict[str, float] | None = None, **options: Any) -> ScriptedProvider:
    return ScriptedProvider(Profile("script", "scripted", "script-1", limits=limits or {}, options=options))


@pytest.fixture
def sampled(make_suite: Callable[..., Suite]) -> Callable[..., list[Sample]]:
    """Give a function that lists the samples of two cases under settings."""

    def sample(repeats: int = 4, seed: int = 7, **settings: Any) -> list[Sample]:
        plan = Plan(make_suite(cases=CASES), Profile("script", "scripted", "script-1"), seed, seed_drawn=False)
        return list(expand(plan, slots([Condition(tuple(settings.items()))], CASES, repeats)))

    return sample


def _complete(provider: ScriptedProvider, samples: list[Sample]) -> list[Completion]:
    async def collect() -> list[Completion]:
        return [completion async for _, completion in provider.complete(samples)]

    return asyncio.run(collect())


def test_a_table_answers_by_case_and_repeat(sampled: Callable[..., list[Sample]]) -> None:
    """Repeats go through a list in turn; a star stands for the other cases."""
    provider = _provider(answers={"one": ["a", "b c"], "*": "always"})
    texts = [completion.text for completion in _complete(provider, sampled())]
    assert texts == ["a", "b c", "a", "b c", "always", "always", "always", "always"]


def test_words_are_drawn_within_the_range(sampled: Callable[..., list[Sample]]) -> None:
    """From the vocabulary, both ends of the range included."""
    completions = _complete(_provider(vocabulary=["x", "y"], words=[2, 4]), sampled(100, temperature=1.0))
    lengths = Counter(len(completion.text.split()) for completion in completions)
    assert set(lengths) == {2, 3, 4}
    assert {word for completion in completions for word in completion.text.split()} == {"x", "y"}


def test_the_same_seed_gives_the_same_words(sampled: Callable[..., list[Sample]]) -> None:
    """Another seed and another repeat give others."""
    first, again, other = (
        [completion.text for completion in _complete(_provider(), sampled(20, seed, temperature=0.8))]
        for seed in (7, 7, 8)
    )
    assert first == again
    assert first != other
    assert len(set(first)) == 40


def test_temperature_0_repeats_itself(sampled: Callable[..., list[Sample]]) -> None:
    """One text a case, under any seed."""
    texts = [
        completion.text for seed in (7, 8) for completion in _complete(_provider(), sampled(5, seed, temperature=0.0))
    ]
    assert len(set(texts)) == 2
    assert texts[:5] == texts[:1] * 5 == texts[10:15]


@pytest.mark.parametrize(
    ("limit", "text", "outcome", "stop_reason"),
    [(2, "a b", "truncated", "length"), (3, "a b c", "complete", "end"), (4, "a b c", "complete", "end")],
    ids=["one short", "just enough", "one over"],
)
def test_the_token_limit_counts_words(
    sampled: Callable[..., list[Sample]], limit: int, text: str, outcome: str, stop_reason: str
) -> None:
    """What it cuts is truncated."""
    (completion, *_) = _complete(_provider(answers={"*": "a b c"}), sampled(max_tokens=limit))
    assert (completion.text, completion.outcome, completion.stop_reason) == (text, outcome, stop_reason)


def test_a_completion_says_what_was_applied(sampled: Callable[..., list[Sample]]) -> None:
    """Only what acts on the script; usage in words."""
    (completion, *_) = _complete(_provider(answers={"*": "a b c"}), sampled(temperature=0.5, max_tokens=9, top_p=0.9))
    assert completion.applied == {"temperature": 0.5, "max_tokens": 9}
    assert (completion.usage.input_tokens, completion.usage.output_tokens) == (2, 3)
    assert completion.served_model == "script-1"
    assert completion.cost_usd == 0


def test_faults_come_at_their_rates(sampled: Callable[..., list[Sample]]) -> None:
    """Shares of 1,000 samples within five standard deviations, and the same ones under the same seed."""
    provider = _provider(faults={"error": 0.2, "refusal": 0.1, "truncated": 0.3})
    completions = _complete(provider, sampled(500))
    counts: Counter[str] = Counter(completion.outcome for completion in completions)
    for outcome, share in (("error", 0.2), ("refusal", 0.1), ("truncated", 0.3), ("complete", 0.4)):
        assert abs(counts[outcome] - 1000 * share) < 5 * (1000 * share * (1 - share)) ** 0.5
    assert [each.outcome for each in _complete(provider, sampled(500))] == [each.outcome for each in completions]
    assert {each.error for each in completions} == {None, "scripted fault"}
    assert all(each.text == "" for each in completions if each.outcome in ("error", "refusal"))


@pytest.mark.parametrize("outcome", ["error", "refusal", "truncated"])
def test_a_share_of_1_is_every_sample(sampled: Callable[..., list[Sample]], outcome: str) -> None:
    """Even of texts of one word."""
    provider = _provider(faults={outcome: 1}, words=[1, 2])
    assert {completion.outcome for completion in _complete(provider, sampled(20))} == {outcome}


@pytest.mark.parametrize(("limits", "together"), [({}, 8), ({"concurrency": 3}, 3), ({"concurrency": 0.5}, 1)])
def test_so_many_answers_are_under_way_at_a_time(
    sampled: Callable[..., list[Sample]], limits: dict[str, float], together: int
) -> None:
    """No sample is pulled before there is room for it, and a limit below one still goes on."""
    samples = sampled(5)
    pulled: list[int] = []

    def counted() -> Iterator[Sample]:
        for sample in samples:
            pulled.append(sample.position)
            yield sample

    async def collect() -> list[int]:
        ahead: list[int] = []
        stream = _provider(limits).complete(counted())
        async for sample, _ in stream:
            ahead.append(len(pulled) - sample.position)
        return ahead

    ahead = asyncio.run(collect())
    assert len(ahead) == 10
    assert max(ahead) == together


def test_latency_is_waited_for_and_noted(sampled: Callable[..., list[Sample]]) -> None:
    """Once for the answers that are under way together."""
    began = time.monotonic()
    completions = _complete(_provider({"concurrency": 4}, latency_s=0.03), sampled(4))
    assert time.monotonic() - began >= 0.06
    assert all(completion.latency_s is not None and completion.latency_s >= 0.03 for completion in completions)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"answer": {}}, "adapter `scripted` has no option `answer`"),
        ({"answers": ["a"]}, "option `answers` must map case ids to texts, got ['a']"),
        ({"answers": {"one": 3}}, "option `answers` must give case `one` a text or a list of texts, got 3"),
        ({"answers": {"one": []}}, "option `answers` must give case `one` a text or a list of texts, got []"),
        ({"answers": {"*": ["a", 1]}}, "option `answers` must give case `*` a text or a list of texts, got ['a', 1]"),
        ({"words": 3}, "option `words` must be [least, most], both at least 1, got 3"),
        ({"words": [0, 3]}, "option `words` must be [least, most], both at least 1, got [0, 3]"),
        ({"words": [4, 3]}, "option `words` must be [least, most], both at least 1, got [4, 3]"),
        ({"words": [1.5, 3]}, "option `words` must be [least, most], both at least 1, got [1.5, 3]"),
        ({"vocabulary": []}, "option `vocabulary` must be a list of words, got []"),
        ({"vocabulary": "abc"}, "option `vocabulary` must be a list of words, got 'abc'"),
        ({"latency_s": -1}, "option `latency_s` must be a number of seconds, got -1"),
        ({"latency_s": True}, "option `latency_s` must be a number of seconds, got True"),
        ({"latency_s": "1"}, "option `latency_s` must be a number of seconds, got '1'"),
        ({"faults": 0.1}, "option `faults` must map outcomes to shares, got 0.1"),
        ({"faults": {"complete": 0.1}}, "option `faults` knows no outcome `complete`"),
        ({"faults": {"error": 1.1}}, "option `faults` must give `error` a share from 0 to 1, got 1.1"),
        ({"faults": {"error": "1"}}, "option `faults` must give `error` a share from 0 to 1, got '1'"),
        ({"faults": {"error": 0.6, "refusal": 0.6}}, "option `faults` has shares that sum to 1.2, above 1"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_named(options: dict[str, Any], message: str) -> None:
    """With the value met."""
    with pytest.raises(ProfileError) as raised:
        _provider(**options)
    assert raised.value.message == message


def test_it_applies_what_acts_on_a_script() -> None:
    """Temperature, the token limit and the seed; the rest is unsupported."""
    provider = _provider()
    applied = [name for name in ("temperature", "max_tokens", "seed", "top_p", "stop") if provider.supports(name)]
    assert applied == ["temperature", "max_tokens", "seed"]


def test_it_shows_messages_plainly() -> None:
    """There is no template."""
    messages = [Message("system", "Be brief."), Message("user", "Say one.")]
    assert _provider().render(messages) == "[system] Be brief.\n[user] Say one."


def test_it_needs_nothing_and_holds_nothing() -> None:
    """Preparing says nothing; the environment names Python."""
    provider = _provider()

    async def live() -> list[str]:
        said: list[str] = []
        await provider.prepare(lambda what, _: said.append(what))
        await provider.aclose()
        return said

    assert asyncio.run(live()) == []
    assert set(provider.environment()) == {"python"}
