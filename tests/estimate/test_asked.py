"""Which calls are still to be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.estimate import prompts_to_count, still_to_ask
from evalkit.expand import Plan, expand, slots
from evalkit.generate import Work
from evalkit.providers.registry import build_provider
from evalkit.types import Case, Condition, Conversation, Exchange, System

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.types import AxisValue, Profile, Sample, Suite

CASES = (Case("one", "Say one thing."), Case("two", "Say another thing, at length."))
TALK = Conversation((Exchange("Hello.", None), Exchange("How are you?", None)), "live")


def axis(name: str, *values: AxisValue) -> tuple[Condition, ...]:
    """Make a condition for each value of one axis."""
    return tuple(Condition(((name, value),)) for value in values)


def nothing_held(_sample: Sample) -> None:
    """Know of no answer."""


@pytest.fixture
def make_work(make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]) -> Callable[..., Work]:
    """Give a function that makes the work of the scripted provider on two cases, three repeats each."""

    def make(conditions: Sequence[Condition], **parts: object) -> Work:
        profile = make_profile()
        suite = make_suite(cases=CASES, repeats=3, **parts)
        plan = Plan(suite, profile, 7, seed_drawn=False)
        return Work(build_provider(profile), plan, conditions, CASES, 3)

    return make


def counts(work: Work, held: Callable[[Sample], str | None] | None = None) -> list[tuple[str, int, int]]:
    """Write the groups as the last message, the replies still to be drawn, and the calls."""
    groups = still_to_ask(work, held).groups
    return [(group.sample.prompt.messages[-1].content, group.replies, group.calls) for group in groups]


def test_calls_with_one_prompt_stand_together(make_work: Callable[..., Work]) -> None:
    """Two temperatures send the same words: 2 x 3 calls for each of two prompts."""
    work = make_work(axis("temperature", 0.0, 1.0))
    assert counts(work) == [("Say one thing.", 0, 6), ("Say another thing, at length.", 0, 6)]
    assert still_to_ask(work).calls == work.calls == 12


def test_limits_on_the_answer_keep_calls_apart(make_work: Callable[..., Work]) -> None:
    """A prompt under two values of `max_tokens` makes two groups."""
    groups = still_to_ask(make_work(axis("max_tokens", 10, 500))).groups
    assert [(group.sample.settings["max_tokens"], group.calls) for group in groups] == [
        (10, 3),
        (10, 3),
        (500, 3),
        (500, 3),
    ]


def test_systems_keep_calls_apart(make_work: Callable[..., Work]) -> None:
    """What is sent is the whole prompt, not its last message."""
    work = make_work(axis("system", "none", "dense"), systems={"none": System(), "dense": System("Be brief.")})
    assert [calls for _, _, calls in counts(work)] == [3, 3, 3, 3]


def test_unsupported_cells_are_never_asked(make_work: Callable[..., Work]) -> None:
    """They are counted by their reason, each cell once, whether or not answers are looked for."""
    work = make_work(axis("top_k", 5, None))
    for held in (None, nothing_held):
        asked = still_to_ask(work, held)
        assert (asked.calls, dict(asked.unsupported)) == (6, {"script does not take `top_k`": 2})


def test_what_is_held_is_not_asked(make_work: Callable[..., Work]) -> None:
    """The first repeat of the first case has an answer: 2 + 3 calls are left of 6."""
    work = make_work((Condition(),))
    first = next(expand(work.plan, slots(work.conditions, CASES, 3))).key
    asked = still_to_ask(work, lambda sample: "Yes." if sample.key == first else None)
    assert ([group.calls for group in asked.groups], asked.held) == ([2, 3], 1)


def test_live_replies_are_calls_and_become_prompts(make_work: Callable[..., Work]) -> None:
    """Two turns make three calls, and the later ones hold replies that are not known yet."""
    work = make_work(axis("turns", 0, 2), conversation=TALK)
    asked = still_to_ask(work)
    assert asked.calls == work.calls == 2 * 3 * (1 + 3)
    assert counts(work) == [
        ("Say one thing.", 0, 3),
        ("Say another thing, at length.", 0, 3),
        ("Hello.", 0, 6),
        ("How are you?", 1, 6),
        ("Say one thing.", 2, 3),
        ("Say another thing, at length.", 2, 3),
    ]


def test_live_replies_that_are_there_stand_in_the_prompts(make_work: Callable[..., Work]) -> None:
    """A conversation of which the first reply is held lacks the second and the probe."""
    work = make_work(axis("turns", 2), conversation=TALK)
    asked = still_to_ask(work, lambda sample: "Hi there!" if sample.turn == 0 else None)
    assert asked.held == 6
    second, *probes = asked.groups
    assert (second.replies, second.calls) == (0, 6)
    assert [message.content for message in second.sample.prompt.messages] == ["Hello.", "Hi there!", "How are you?"]
    assert [(probe.replies, probe.calls) for probe in probes] == [(1, 3), (1, 3)]


def test_nothing_after_an_unknown_reply_is_looked_for(make_work: Callable[..., Work]) -> None:
    """Its key depends on what the model will say, so that no stored answer can be known to stand for it."""
    asked_for: list[int | None] = []

    def held(sample: Sample) -> str | None:
        asked_for.append(sample.turn)
        return None

    still_to_ask(make_work(axis("turns", 2), conversation=TALK), held)
    assert set(asked_for) == {0}


def test_unsupported_live_cells_have_no_replies(make_work: Callable[..., Work]) -> None:
    """The first call of the conversation would be refused already."""
    asked = still_to_ask(make_work((Condition((("turns", 2), ("top_k", 5))),), conversation=TALK))
    assert (asked.calls, dict(asked.unsupported)) == (0, {"script does not take `top_k`": 2})


def test_few_prompts_are_all_counted_and_once(make_work: Callable[..., Work]) -> None:
    """Groups that differ in the limit alone share a prompt."""
    chosen = prompts_to_count(still_to_ask(make_work(axis("max_tokens", 10, 500))), 16)
    assert [sample.prompt.messages[-1].content for sample in chosen] == [case.prompt for case in CASES]


def test_many_prompts_are_chosen_evenly_by_length(make_work: Callable[..., Work]) -> None:
    """The shortest, the longest and what lies between: 100 prompts of 1 to 100 words, five of them."""
    systems = {str(words): System("word " * words) for words in range(1, 101)}
    work = make_work(axis("system", *systems), systems=systems)
    chosen = prompts_to_count(still_to_ask(work), 5)
    lengths = [len(sample.prompt.messages[0].content.split()) for sample in chosen]
    assert len({sample.prompt.digest for sample in chosen}) == 5
    assert lengths == pytest.approx([1, 25.75, 50.5, 75.25, 100], abs=2)
    assert len(prompts_to_count(still_to_ask(work), 1)) == 1


def test_prompts_with_unknown_replies_are_not_counted(make_work: Callable[..., Work]) -> None:
    """An empty reply is no message that a vendor would take."""
    chosen = prompts_to_count(still_to_ask(make_work(axis("turns", 2), conversation=TALK)), 16)
    assert [sample.prompt.messages[-1].content for sample in chosen] == ["Hello."]
