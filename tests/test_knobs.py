"""What became of each setting that a run asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit.findings import KnobNote
from evalkit.knobs import knob_notes, known_knobs, merged_knobs, settings_in_play
from evalkit.providers.registry import build_provider
from evalkit.types import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Suite


def test_the_settings_in_play_are_those_that_anyone_asks_for(make_suite: Callable[..., Suite]) -> None:
    """By an axis, by the suite or by the profile, each once, in the order of the reference; other axes are none."""
    suite = make_suite(axes={"temperature": (0.0, 1.0), "system": ("a",), "tone": ("b",)}, settings={"max_tokens": 9})
    profile = Profile("p", "scripted", "m", settings={"top_p": 0.5, "temperature": 1.0})
    assert sorted(settings_in_play(suite, profile)) == ["max_tokens", "temperature", "top_p"]
    other = Profile("p", "scripted", "m", settings={"max_tokens": 1, "top_p": 1.0})
    assert settings_in_play(suite, profile) == settings_in_play(suite, other)
    assert settings_in_play(make_suite(), Profile("p", "scripted", "m")) == ()


def test_a_setting_is_what_the_profile_or_the_adapter_says() -> None:
    """The profile's word wins, and the server's over both."""
    profile = Profile("p", "scripted", "m", supports={"temperature": "ignored", "top_p": "unknown"})
    known = known_knobs(build_provider(profile), ("temperature", "top_p", "max_tokens"), {"top_p": "not with us"})
    assert {name: each["state"] for name, each in known.items()} == {
        "temperature": "ignored",
        "top_p": "refused",
        "max_tokens": "applied",
    }
    assert known["top_p"]["why"] == "not with us"


def test_what_was_refused_unasked_is_noted_too() -> None:
    """An adapter may send a setting of its own accord."""
    known = known_knobs(build_provider(Profile("p", "scripted", "m")), (), {"max_tokens": "too many"})
    assert known == {"max_tokens": {"state": "refused", "why": "too many"}}


def test_a_refusal_outlives_its_sitting() -> None:
    """What is known otherwise is known anew each time."""
    before = {"top_p": {"state": "refused", "why": "no"}, "seed": {"state": "unknown", "why": None}}
    now = {"top_p": {"state": "unknown", "why": None}, "seed": {"state": "applied", "why": "read today"}}
    assert merged_knobs(before, now) == {"top_p": before["top_p"], "seed": now["seed"]}
    assert merged_knobs({}, now) == now
    assert merged_knobs(before, {}) == {"top_p": before["top_p"]}


def test_notes_come_back_from_the_store() -> None:
    """As they were, for every provider."""
    plain = {
        "a": {"seed": {"state": "applied", "why": None}, "top_p": {"state": "refused", "why": "no"}},
        "b": {"seed": {"state": "ignored", "why": "a page"}},
    }
    assert knob_notes(json.loads(json.dumps(plain))) == (
        KnobNote("a", "seed", "applied", None),
        KnobNote("a", "top_p", "refused", "no"),
        KnobNote("b", "seed", "ignored", "a page"),
    )
    assert knob_notes({}) == ()
