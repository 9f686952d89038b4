"""What changes a sample's key, and what does not."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.expand import Plan, expand, slots, sweep
from evalkit.expand.key import cell_hash, draw_seed, sample_key
from evalkit.gate import Gate
from evalkit.types import Case, Condition, Conversation, Exchange, Profile, Prompt, System

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Sample, Suite


@dataclasses.dataclass(frozen=True)
class Never:
    """A constraint that nothing meets."""

    name = "never"


BASE_SUITE: dict[str, Any] = {
    "systems": {"dense": System(text="Be brief.")},
    "axes": {"system": ("dense",), "temperature": (0.5,)},
    "settings": {"max_tokens": 64},
    "conversation": Conversation((Exchange("Hi.", "Hello."),)),
}


def _sample(
    make_suite: Callable[..., Suite],
    *,
    profile: dict[str, Any] | None = None,
    suite: dict[str, Any] | None = None,
    seed: int | None = None,
    drawn: bool = False,
    index: int = 0,
) -> Sample:
    made = make_suite(**{**BASE_SUITE, **(suite or {})})
    parts: dict[str, Any] = {"name": "script", "adapter": "scripted", "model": "script", **(profile or {})}
    plan = Plan(made, Profile(**parts), (made.seed or 0) if seed is None else seed, seed_drawn=drawn)
    places = slots(sweep(made).conditions, made.cases, made.repeats)
    return list(expand(plan, places))[index]


CHANGES: dict[str, dict[str, Any]] = {
    "model": {"profile": {"model": "other"}},
    "profile name": {"profile": {"name": "other"}},
    "adapter": {"profile": {"adapter": "transformers"}},
    "base_url": {"profile": {"base_url": "http://127.0.0.1:1"}},
    "options": {"profile": {"options": {"chat_template": "plain"}}},
    "extra": {"profile": {"extra": {"think": True}}},
    "extra, deep": {"profile": {"extra": {"think": {"budget": 1}}}},
    "setting of the profile": {"profile": {"settings": {"top_p": 0.9}}},
    "setting of the suite": {"suite": {"settings": {"max_tokens": 65}}},
    "one more setting": {"suite": {"settings": {"max_tokens": 64, "top_k": 0}}},
    "stop": {"suite": {"settings": {"max_tokens": 64, "stop": ("a",)}}},
    "seed as a setting": {"profile": {"settings": {"seed": 3}}},
    "logprobs": {"suite": {"settings": {"max_tokens": 64, "logprobs": 0}}},
    "axis value": {"suite": {"axes": {"system": ("dense",), "temperature": (0.50001,)}}},
    "one more axis": {"suite": {"axes": {"system": ("dense",), "temperature": (0.5,), "turns": (0,)}}},
    "turns": {"suite": {"axes": {"system": ("dense",), "temperature": (0.5,), "turns": (1,)}}},
    "one space in a system prompt": {"suite": {"systems": {"dense": System(text="Be  brief.")}}},
    "space at the end of a system prompt": {"suite": {"systems": {"dense": System(text="Be brief. ")}}},
    "one space in the prompt": {"suite": {"cases": (Case("one", "Say one  thing."),)}},
    "variable": {"suite": {"cases": (Case("one", "Say {{ x }}.", {"x": "one"}),)}},
    "case id": {"suite": {"cases": (Case("other", "Say one thing."),)}},
    "suite seed": {"suite": {"seed": 8}},
    "seed option": {"seed": 8},
    "noise": {"suite": {"noise": "independent"}},
    "repeat": {"index": 1},
}
SAME: dict[str, dict[str, Any]] = {
    "timeout": {"profile": {"timeout_s": 600.0}},
    "limits": {"profile": {"limits": {"concurrency": 1, "batch_size": 64}}},
    "key variable": {"profile": {"key_env": "OTHER_KEY"}},
    "supports": {"profile": {"supports": {"temperature": (0, 1)}}},
    "gates": {"suite": {"gates": (Gate("adherence", at_least=0.5),)}},
    "measures": {"suite": {"measures": (object(),)}},
    "constraints": {"suite": {"cases": (Case("one", "Say one thing.", {}, (Never(),)),)}},  # type: ignore[arg-type]
    "unused variable": {"suite": {"cases": (Case("one", "Say one thing.", {"x": 1}),)}},
    "description": {"suite": {"description": "Says more."}},
    "version": {"suite": {"version": 2}},
    "name": {"suite": {"name": "other"}},
    "number of repeats": {"suite": {"repeats": 50}},
    "other cases": {"suite": {"cases": (Case("one", "Say one thing."), Case("two", "Say two."))}},
    "other axis values": {"suite": {"axes": {"system": ("dense",), "temperature": (0.5, 1.0)}}},
    "order of axes": {"suite": {"axes": {"temperature": (0.5,), "system": ("dense",)}}},
    "other systems": {"suite": {"systems": {"dense": System(text="Be brief."), "none": System()}}},
    "exchanges not in play": {"suite": {"conversation": Conversation((Exchange("Other.", "Other."),))}},
    "truncated": {"suite": {"truncated": "as_is"}},
    "refusals": {"suite": {"refusals": "fail"}},
    "same setting from elsewhere": {"suite": {"settings": {}}, "profile": {"settings": {"max_tokens": 64}}},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_shapes_an_answer_changes_the_key(make_suite: Callable[..., Suite], change: dict[str, Any]) -> None:
    """A stored answer is never taken for that to another question."""
    assert _sample(make_suite, **change).key != _sample(make_suite).key


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_does_not_shape_an_answer_leaves_the_key(make_suite: Callable[..., Suite], change: dict[str, Any]) -> None:
    """A stored answer is not bought again."""
    assert _sample(make_suite, **change).key == _sample(make_suite).key


def test_a_seed_that_the_run_drew_is_not_in_the_key(make_suite: Callable[..., Suite]) -> None:
    """No particular draw was asked for, so that any stored one may stand for it; the draws themselves differ."""
    first = _sample(make_suite, suite={"seed": None}, seed=1, drawn=True)
    second = _sample(make_suite, suite={"seed": None}, seed=2, drawn=True)
    assert first.key == second.key
    assert first.seed != second.seed
    assert first.key != _sample(make_suite, seed=1).key


def test_a_seed_that_was_asked_for_is_in_the_key_even_so(make_suite: Callable[..., Suite]) -> None:
    """A profile or an axis that sets `seed` asks for particular draws, whatever the run drew."""
    keys = {
        _sample(make_suite, suite={"seed": None}, profile={"settings": {"seed": asked}}, seed=drawn, drawn=True).key
        for asked in (1, 2)
        for drawn in (10, 20)
    }
    assert len(keys) == 2


def test_the_keys_of_a_run_are_distinct(make_suite: Callable[..., Suite]) -> None:
    """Even where conditions send the same messages and settings."""
    suite = make_suite(
        repeats=3,
        cases=(Case("one", "Same."), Case("two", "Same.")),
        systems={"a": System(text="Same."), "b": System(text="Same."), "none": System()},
        axes={"system": ("a", "b", "none", None), "temperature": (0.0, 1.0)},
    )
    keys: set[str] = set()
    for name in ("p", "q"):
        plan = Plan(suite, Profile(name, "scripted", "m"), 7, seed_drawn=False)
        keys |= {sample.key for sample in expand(plan, slots(sweep(suite).conditions, suite.cases, 3))}
    assert len(keys) == 2 * 4 * 2 * 2 * 3


def test_turns_of_a_live_conversation_have_keys_of_their_own() -> None:
    """So do the probe and its first reply, should they send the same messages."""
    keys = {sample_key(b"cell", repeat=0, turn=turn, seed=5) for turn in (None, 0, 1)}
    assert len(keys) == 3


def test_the_canonical_form_is_pinned() -> None:
    """Hashed by hand from its JSON; a change of form needs a new `KEY_VERSION`, or old answers pass for new ones."""
    profile = Profile(
        "claude", "scripted", "model-1", base_url=None, options={"b": 1, "a": ["x"]}, extra={"tier": "fast"}
    )
    cell = cell_hash(
        profile,
        Prompt((), "ab" * 32),
        {"temperature": 0.5, "stop": ("Ü", "\n")},
        Condition((("temperature", 0.5), ("system", None))),
        "kafka-vs-rabbitmq",
    )
    golden = "573d46954697108c1141b0332ae66d0975ee191e5f0ce9193b4574a909bf0ff4"
    assert sample_key(cell, repeat=3, turn=None, seed=7) == golden


def _seed(noise: Any = "common", **changed: Any) -> int:  # noqa: ANN401 - parts of a draw
    parts: dict[str, Any] = {
        "seed": 7,
        "case_id": "one",
        "repeat": 0,
        "turn": None,
        "provider": "p",
        "condition": Condition((("temperature", 0.5),)),
    }
    return draw_seed(**{**parts, **changed}, noise=noise)


_ELSEWHERE = [{"provider": "q"}, {"condition": Condition((("temperature", 1.0),))}]
_OTHER_DRAW = [{"seed": 8}, {"case_id": "two"}, {"repeat": 1}, {"turn": 0}]


@pytest.mark.parametrize("changed", _ELSEWHERE, ids=["provider", "condition"])
def test_common_noise_is_shared_and_independent_is_not(changed: dict[str, Any]) -> None:
    """Conditions and providers meet the same luck only under common noise."""
    assert _seed(**changed) == _seed()
    assert _seed("independent", **changed) != _seed("independent")


@pytest.mark.parametrize("noise", ["common", "independent"])
@pytest.mark.parametrize("changed", _OTHER_DRAW, ids=["seed", "case", "repeat", "turn"])
def test_no_noise_is_shared_between_draws(noise: str, changed: dict[str, Any]) -> None:
    """Repeats and cases differ under either."""
    assert _seed(noise, **changed) != _seed(noise)


def test_draw_seeds_fill_64_bits() -> None:
    """Many draws, no two alike, each from 0 to 2^64 - 1."""
    seeds = {_seed(repeat=repeat) for repeat in range(5000)}
    assert len(seeds) == 5000
    assert min(seeds) >= 0
    assert 2**63 < max(seeds) < 2**64
