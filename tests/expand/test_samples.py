"""The samples that a suite asks for."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from evalkit.expand import Plan, expand, live_sample, slots
from evalkit.expand.samples import requested_settings
from evalkit.types import Case, Condition, Conversation, Exchange, System

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Profile, Suite

CASES = (Case("one", "Say one thing."), Case("two", "Say another."))
CONDITIONS = (Condition((("temperature", 0.0),)), Condition((("temperature", 1.0),)))


def test_positions_count_conditions_then_cases_then_repeats() -> None:
    """A position names one place of the sweep, for good."""
    places = list(slots(CONDITIONS, CASES, 3))
    assert [place.position for place in places] == list(range(12))
    assert [(place.condition, place.case.id, place.repeat) for place in places] == [
        (condition, case.id, repeat) for condition in CONDITIONS for case in CASES for repeat in range(3)
    ]


def test_expansion_is_lazy(make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]) -> None:
    """The first samples of cells without end come at once."""
    endless = (number % (len(CONDITIONS) * len(CASES)) for number in count())
    plan = Plan(make_suite(), make_profile(), 7, seed_drawn=False)
    first = list(islice(expand(plan, slots(CONDITIONS, CASES, 10, endless)), 10))
    assert [sample.position for sample in first] == list(range(10))


def test_missing_places_do_not_change_the_others(
    make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]
) -> None:
    """What is asked when a run resumes is what would have been asked."""
    plan = Plan(make_suite(), make_profile(), 7, seed_drawn=False)
    whole = list(expand(plan, slots(CONDITIONS, CASES, 3)))
    gaps = [place for place in slots(CONDITIONS, CASES, 3) if place.position in {1, 2, 5, 11}]
    assert list(expand(plan, gaps)) == [whole[position] for position in (1, 2, 5, 11)]


def test_repeats_share_one_prompt(make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]) -> None:
    """It is built once, so that a hundred repeats cost the memory of one."""
    plan = Plan(make_suite(), make_profile(), 7, seed_drawn=False)
    samples = list(expand(plan, slots(CONDITIONS[:1], CASES, 3)))
    assert len({id(sample.prompt) for sample in samples}) == 2
    assert len({id(sample.settings) for sample in samples}) == 2


def test_the_later_setting_wins(make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]) -> None:
    """Profile, then suite, then axis; an axis with nothing to say leaves it."""
    suite = make_suite(settings={"temperature": 0.5, "max_tokens": 20})
    profile = make_profile(settings={"temperature": 0.1, "max_tokens": 10, "top_p": 0.9})
    condition = Condition((("temperature", 0.7), ("system", "dense"), ("top_k", None)))
    requested = requested_settings(suite, profile.settings, condition)
    assert requested == {"temperature": 0.7, "max_tokens": 20, "top_p": 0.9}


@pytest.mark.parametrize("turn", [0, 1, None], ids=["first reply", "second reply", "probe"])
def test_a_live_sample_continues_its_conversation(
    make_suite: Callable[..., Suite], make_profile: Callable[..., Profile], turn: int | None
) -> None:
    """Its last message is the one to be answered now."""
    exchanges = (Exchange("First?", None), Exchange("Second?", None))
    suite = make_suite(systems={"dense": System(text="Be brief.")}, conversation=Conversation(exchanges, "live"))
    (place,) = slots([Condition((("system", "dense"), ("turns", 2)))], CASES[:1], 1)
    replies = ["Reply one.", "Reply two."][: 2 if turn is None else turn]
    sample = live_sample(Plan(suite, make_profile(), 7, seed_drawn=False), place, replies, turn)
    asked = [message.content for message in sample.prompt.messages if message.role == "user"]
    assert asked == ["First?", "Second?", "Say one thing."][: 3 if turn is None else turn + 1]
    assert [message.content for message in sample.prompt.messages if message.role == "assistant"] == replies
    assert sample.turn == turn
    assert place.turns == 2


def test_without_turns_a_probe_follows_at_once() -> None:
    """A suite without the axis has no exchanges before the probe."""
    (place,) = slots(CONDITIONS[:1], CASES[:1], 1)
    assert place.turns == 0
