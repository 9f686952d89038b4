"""Telling sets of constraints apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from evalkit.arguments import construct
from evalkit.constraints.digest import DIGITS, constraints_digest
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.verdicts import Score


@dataclass(frozen=True)
class _Odd:
    """A constraint as a user may write it."""

    name: ClassVar[str] = "odd"
    version: ClassVar[int] = 1

    least: int
    most: int = 9
    words: frozenset[str] = frozenset()
    seen: list[str] = field(default_factory=list[str])

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - nothing is judged here
        return Score(1.0, "yes")


@dataclass(frozen=True)
class _Newer(_Odd):
    """The same, with another meaning."""

    version: ClassVar[int] = 2


class _Plain:
    """A constraint that is no dataclass."""

    name: ClassVar[str] = "plain"

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - as above
        return Score(1.0, "yes")


def _built(*written: Any) -> list[Any]:  # noqa: ANN401 - as a suite writes it
    return [construct(CONSTRAINTS, each, beside=None) for each in written]


def _digest(*written: Any) -> str:  # noqa: ANN401 - the same
    return constraints_digest(_built(*written), ())


def test_a_digest_is_twelve_hexadecimal_digits() -> None:
    """And the same in every process: this one is written down."""
    assert _digest({"max_words": 60}, {"not": {"contains_any": ["great", "nice"]}}) == "35a7f50b050d"
    assert len(_digest()) == DIGITS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"max_words": 60}, {"max_words": 61}),
        ({"max_words": 60}, {"min_words": 60}),
        ({"contains_any": ["a", "b"]}, {"contains_all": ["a", "b"]}),
        ({"contains_any": ["a", "b"]}, {"contains_any": ["a", "c"]}),
        ({"not": {"max_words": 60}}, {"max_words": 60}),
        ({"any_of": [{"max_words": 60}, {"min_words": 9}]}, {"any_of": [{"max_words": 60}, {"min_words": 8}]}),
        ({"json_schema": {"schema": {"type": "object"}}}, {"json_schema": {"schema": {"type": "array"}}}),
        ({"judge": "Is it kind?"}, {"judge": "Is it polite?"}),
    ],
)
def test_another_demand_has_another_digest(one: Any, other: Any) -> None:  # noqa: ANN401 - as above
    """Whether the name differs, an argument, or one of a part."""
    assert _digest(one) != _digest(other)


def test_order_does_not_matter() -> None:
    """Neither that of constraints nor that of keys."""
    assert _digest({"max_words": 60}, {"min_words": 5}) == _digest({"min_words": 5}, {"max_words": 60})
    schemas = [{"type": "object", "required": ["a"]}, {"required": ["a"], "type": "object"}]
    assert len({_digest({"json_schema": {"schema": schema}}) for schema in schemas}) == 1


def test_how_often_a_constraint_is_demanded_and_by_whom_matters() -> None:
    """Twice is not once, and a system prompt is not a case."""
    constraints = _built({"max_words": 60})
    digests = {
        constraints_digest(constraints, ()),
        constraints_digest((), constraints),
        constraints_digest(constraints * 2, ()),
        constraints_digest(constraints, constraints),
        constraints_digest((), ()),
        constraints_digest(constraints, (), {"refusals": "fail"}),
    }
    assert len(digests) == 6


def test_a_new_version_has_another_digest() -> None:
    """Also of a part."""
    assert constraints_digest([_Odd(1)], ()) != constraints_digest([_Newer(1)], ())
    inside = [_built({"not": {"max_words": 60}})[0].__class__(each) for each in (_Odd(1), _Newer(1))]
    assert constraints_digest(inside[:1], ()) != constraints_digest(inside[1:], ())


def test_what_is_as_when_left_out_does_not_matter() -> None:
    """A constraint may come to have more arguments."""
    assert constraints_digest([_Odd(1)], ()) == constraints_digest([_Odd(1, most=9, seen=[])], ())
    assert constraints_digest([_Odd(1)], ()) != constraints_digest([_Odd(1, most=8)], ())


def test_sets_have_no_order() -> None:
    """Their digest does not hang on how this process hashes."""
    words = [f"word {number}" for number in range(50)]
    digests = {constraints_digest([_Odd(1, words=frozenset(each))], ()) for each in (words, words[::-1])}
    assert len(digests) == 1


def test_constraints_that_are_no_dataclasses_are_told_apart() -> None:
    """By what they hold."""
    assert constraints_digest([_Plain(1)], ()) == constraints_digest([_Plain(1)], ())
    assert constraints_digest([_Plain(1)], ()) != constraints_digest([_Plain(2)], ())


def test_half_a_character_is_no_obstacle() -> None:
    """A lone surrogate is written like any other."""
    assert _digest({"contains_any": ["\ud83d"]}) != _digest({"contains_any": ["\ud83e"]})


def test_every_constraint_has_a_digest() -> None:
    """Built from its own example."""
    digests = set[str]()
    for name in CONSTRAINTS.builtins:
        examples = getattr(CONSTRAINTS.get(name), "examples", None)
        if examples is not None and examples.arguments is not None:
            digests.add(_digest({name: examples.arguments}))
    assert len(digests) > 50
