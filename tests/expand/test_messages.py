"""The exact messages of a prompt."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from evalkit.expand.messages import build_prompt, digest
from evalkit.types import Case, Condition, Conversation, Exchange, Message, System

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import AxisValue, ConversationMode, Prompt, Suite

CASE = Case("one", "Say {{ thing }}.", {"thing": "one thing"})
SYSTEMS = {
    "none": System(),
    "empty": System(text=""),
    "dense": System(text="RULES."),
    "rules": System(rules=("Be brief.", "Name {{ thing }}."), filler=("Have fun today.", "Enjoy it all.")),
}
EXCHANGES = tuple(Exchange(f"Q{index} on {{{{ thing }}}}?", f"A{index} on {{{{ thing }}}}.") for index in range(13))


def _build(make_suite: Callable[..., Suite], mode: ConversationMode = "scripted", **axes: AxisValue) -> Prompt:
    suite = make_suite(systems=SYSTEMS, conversation=Conversation(EXCHANGES, mode), cases=(CASE,))
    return build_prompt(suite, CASE, Condition(tuple(axes.items())))


def _pairs(prompt: Prompt) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in prompt.messages]


@pytest.mark.parametrize(
    ("system", "messages"),
    [
        ("none", []),
        (None, []),
        ("empty", [("system", "")]),
        ("dense", [("system", "RULES.")]),
        ("rules", [("system", "Be brief. Name one thing.")]),
    ],
    ids=["entry null", "axis null", "empty", "text", "rules"],
)
def test_none_and_empty_and_given_are_three_prompts(
    make_suite: Callable[..., Suite], system: AxisValue, messages: list[tuple[str, str]]
) -> None:
    """No system message is not an empty one."""
    assert _pairs(_build(make_suite, system=system)) == [*messages, ("user", "Say one thing.")]


def test_a_suite_without_a_system_axis_has_no_system_message(make_suite: Callable[..., Suite]) -> None:
    """Only the probe is sent."""
    assert _pairs(_build(make_suite)) == [("user", "Say one thing.")]


def test_scripted_turns_alternate_and_are_templates(make_suite: Callable[..., Suite]) -> None:
    """User and assistant messages use the case's variables; the probe comes last."""
    assert _pairs(_build(make_suite, system="dense", turns=2)) == [
        ("system", "RULES."),
        ("user", "Q0 on one thing?"),
        ("assistant", "A0 on one thing."),
        ("user", "Q1 on one thing?"),
        ("assistant", "A1 on one thing."),
        ("user", "Say one thing."),
    ]


def test_axes_are_variables_too_and_win(make_suite: Callable[..., Suite]) -> None:
    """A template may use any axis; one of a case variable's name takes its place."""
    suite = make_suite(systems={"s": System(text="t={{ temperature }} {{ tone }}")})
    case = Case("one", "Say {{ thing }}.", {"thing": "this", "tone": "kind"})
    prompt = build_prompt(suite, case, Condition((("system", "s"), ("temperature", 0.5), ("thing", "that"))))
    assert _pairs(prompt) == [("system", "t=0.5 kind"), ("user", "Say that.")]


@pytest.mark.parametrize("every", range(1, 7))
@pytest.mark.parametrize("turns", range(14))
def test_the_rules_are_never_further_than_refresh_says(
    make_suite: Callable[..., Suite], turns: int, every: int
) -> None:
    """At the probe, and at every reply before it, at most k exchanges have passed since the rules were last said."""
    messages = _build(make_suite, system="dense", turns=turns, refresh=every).messages
    since = 0
    for message in messages[1:]:
        if message.role == "user":
            if message.content.startswith("RULES.\n\n"):
                assert since == every, "restated too early or too late"
                since = 0
            assert since < every
            assert message.content.count("RULES.") <= 1
        else:
            assert "RULES." not in message.content
            since += 1
    assert sum(message.content.startswith("RULES.") for message in messages) == 1 + turns // every
    assert messages[-1].role == "user"
    assert len(messages) == 2 + 2 * turns


def test_never_restates_nothing(make_suite: Callable[..., Suite]) -> None:
    """`refresh: never` leaves every user message as it is."""
    assert _build(make_suite, system="dense", turns=4, refresh="never") == _build(make_suite, system="dense", turns=4)


def test_the_refresh_template_is_the_suites(make_suite: Callable[..., Suite]) -> None:
    """It has the rendered system prompt, the message and the variables."""
    suite = make_suite(
        systems={"s": System(text="Be {{ tone }}.")},
        conversation=Conversation((Exchange("Hello.", "Hi."),)),
        refresh="[{{ tone }}: {{ system }}] {{ message }}",
    )
    condition = Condition((("system", "s"), ("turns", 1), ("refresh", 1)))
    prompt = build_prompt(suite, Case("one", "Say it.", {"tone": "curt"}), condition)
    assert prompt.messages[-1].content == "[curt: Be curt.] Say it."


def test_a_diluted_prompt_is_restated_as_it_stands(make_suite: Callable[..., Suite]) -> None:
    """Filler and all."""
    prompt = _build(make_suite, system="rules", density=0.5, turns=2, refresh=2)
    system = prompt.messages[0].content
    assert prompt.messages[-1].content == f"{system}\n\nSay one thing."
    assert prompt.rule_share == pytest.approx(5 / 11)
    assert len(system.split()) == 11


def test_rule_share_is_known_where_rules_are_alone(make_suite: Callable[..., Suite]) -> None:
    """Rules without density are all rule words; a text has no share."""
    assert _build(make_suite, system="rules").rule_share == 1
    assert _build(make_suite, system="dense").rule_share is None
    assert _build(make_suite, system="none").rule_share is None


def test_another_draw_meets_the_same_diluted_prompt(make_suite: Callable[..., Suite]) -> None:
    """A suite without a seed dilutes the same way every time."""
    suite = make_suite(systems=SYSTEMS, seed=None)
    condition = Condition((("system", "rules"), ("density", 0.7)))
    assert build_prompt(suite, CASE, condition) == build_prompt(suite, CASE, condition)


@pytest.mark.parametrize("turns", [0, 1, 5, 13])
def test_padding_puts_the_same_words_into_one_message(make_suite: Callable[..., Suite], turns: int) -> None:
    """As many words as the scripted conversation, without an assistant turn."""
    padded = _build(make_suite, "padding", system="dense", turns=turns)
    scripted = _build(make_suite, "scripted", system="dense", turns=turns)
    assert [message.role for message in padded.messages] == ["system", "user"]
    words = [word for message in scripted.messages[1:] for word in message.content.split()]
    assert padded.messages[-1].content.split() == words


def test_live_replies_stand_where_scripted_ones_would(make_suite: Callable[..., Suite]) -> None:
    """The model's own words are taken as they are, template marks and all."""
    suite = make_suite(
        systems=SYSTEMS, conversation=Conversation((Exchange("Hi.", None), Exchange("So?", None)), "live")
    )
    condition = Condition((("system", "dense"), ("turns", 2)))
    prompt = build_prompt(suite, CASE, condition, replies=["{{ not a template", "Well."])
    assert _pairs(prompt) == [
        ("system", "RULES."),
        ("user", "Hi."),
        ("assistant", "{{ not a template"),
        ("user", "So?"),
        ("assistant", "Well."),
        ("user", "Say one thing."),
    ]


@pytest.mark.parametrize("turn", range(5))
def test_a_live_turn_is_the_beginning_of_what_follows(make_suite: Callable[..., Suite], turn: int) -> None:
    """What is asked at turn t is, restatements included, how the probe's messages begin."""
    exchanges = tuple(Exchange(f"Q{index}?", None) for index in range(5))
    suite = make_suite(systems=SYSTEMS, conversation=Conversation(exchanges, "live"))
    condition = Condition((("system", "dense"), ("turns", 5), ("refresh", 2)))
    replies = [f"R{index}." for index in range(5)]
    whole = build_prompt(suite, CASE, condition, replies=replies).messages
    part = build_prompt(suite, CASE, condition, replies=replies[:turn], turn=turn).messages
    assert part == whole[: len(part)]
    assert len(part) == 2 + 2 * turn


def test_too_little_filler_names_what_it_takes(make_suite: Callable[..., Suite]) -> None:
    """Templates may shorten filler, so it can happen here."""
    with pytest.raises(SuiteError, match=r"density 0\.1 needs at least 45 words"):
        _build(make_suite, system="rules", density=0.1)


def test_the_digest_is_over_roles_and_contents() -> None:
    """Against the hash written out; the same words in other messages are another prompt."""
    messages = [Message("system", "Ünï"), Message("user", "x")]
    written = json.dumps([["system", "Ünï"], ["user", "x"]], ensure_ascii=False).encode()
    assert digest(messages) == hashlib.sha256(written).hexdigest()
    assert digest([Message("user", "ab")]) != digest([Message("user", "a"), Message("user", "b")])
    assert digest([Message("user", "ab")]) != digest([Message("system", "ab")])


def test_a_digest_of_a_lone_surrogate_exists() -> None:
    """A model's reply may hold half a character."""
    assert digest([Message("user", "\ud800")]) != digest([Message("user", "\ud801")])
