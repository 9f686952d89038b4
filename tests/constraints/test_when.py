"""A constraint that applies only if another holds."""

from __future__ import annotations

import pytest

from evalkit.constraints.keywords import ContainsAny
from evalkit.constraints.logic import AllOf, AnyOf, Not
from evalkit.constraints.when import When
from evalkit.constraints.words import MaxWords
from evalkit.errors import ArgumentError
from evalkit.score import score
from evalkit.types import Completion
from evalkit.verdicts import Span

CODE = When(ContainsAny(("code",)), MaxWords(3))


@pytest.mark.parametrize(
    ("text", "whole", "value", "applies"),
    [
        ("code is short", True, 1, True),
        ("code is not so short", True, 0, True),
        ("prose may be as long as it wants", True, None, False),
        ("prose may be", False, None, None),
        ("code is", False, None, True),
        ("code is not so short", False, 0, True),
    ],
    ids=["met", "broken", "elsewhere", "not known yet", "undecided", "broken for good"],
)
def test_the_demand_is_made_only_where_the_condition_holds(
    text: str, whole: bool, value: float | None, applies: bool | None
) -> None:
    """Elsewhere it is neither met nor broken; on a cut text it may not be known whether it applies."""
    found = CODE.score(text, whole=whole)
    assert (found.value, found.applies) == (value, applies)


def test_reason_and_spans_are_of_condition_and_demand() -> None:
    """A reader sees why the demand was made, and what came of it."""
    found = CODE.score("code is not so short", whole=True)
    assert found.reason == "contains_any: found `code`; max_words: 5 words, limit 3"
    assert found.spans == (Span(0, 4), Span(12, 20))
    assert CODE.score("prose", whole=True).reason == "contains_any: found none of `code`"
    assert CODE.label == "when contains_any, max_words"


def test_what_does_not_apply_leaves_adherence() -> None:
    """It counts neither way, and neither keeps the whole from being met."""
    scored = score(Completion("complete", "prose may be as long as it wants"), [CODE, ContainsAny(("prose",))])
    assert (scored.adherence, scored.full_adherence) == (1, 1)
    assert [(verdict.value, verdict.loose, verdict.applies) for verdict in scored.verdicts] == [
        (None, None, False),
        (1, 1, True),
    ]


def test_where_nothing_applies_there_is_no_adherence() -> None:
    """None, and not 1: nothing was demanded."""
    scored = score(Completion("complete", "prose"), [CODE, CODE])
    assert (scored.adherence, scored.full_adherence) == (None, None)
    assert len(scored.verdicts) == 2


def test_what_may_apply_keeps_the_whole_undecided() -> None:
    """On a cut text without the word so far."""
    scored = score(Completion("truncated", "prose"), [CODE, ContainsAny(("prose",))])
    assert (scored.adherence, scored.full_adherence) == (1, None)


def test_composites_leave_out_what_does_not_apply() -> None:
    """`not` keeps it out; the others judge by what is left."""
    prose, word = "prose of four words", ContainsAny(("prose",))
    assert Not(CODE).score(prose, whole=True).applies is False
    for join in (AllOf, AnyOf):
        assert join((CODE, word)).score(prose, whole=True).value == 1
        assert join((CODE, Not(word))).score(prose, whole=True).value == 0
        assert join((CODE, CODE)).score(prose, whole=True).applies is False


def test_a_condition_that_does_not_apply_does_not_hold() -> None:
    """A condition made of another condition."""
    found = When(CODE, MaxWords(1)).score("prose of four words", whole=True)
    assert (found.value, found.applies) == (None, False)


def test_the_loose_verdict_is_of_variants_that_it_applies_to() -> None:
    """A first line that makes the demand apply cannot be dropped to escape it; a first line that breaks it can."""
    escaping = When(ContainsAny(("code",)), MaxWords(3))
    (verdict,) = score(Completion("complete", "code is here\nand goes on for long"), [escaping]).verdicts
    assert (verdict.value, verdict.loose) == (0, 1)  # the first line alone
    (verdict,) = score(Completion("complete", "code is here and goes on\nfor long"), [escaping]).verdicts
    assert (verdict.value, verdict.loose) == (0, 0)  # the second line alone has no code


@pytest.mark.parametrize(("parts", "at"), [((3, MaxWords(1)), "if"), ((MaxWords(1), 3), "then")], ids=["if", "then"])
def test_both_must_be_constraints(parts: tuple[object, object], at: str) -> None:
    """The error names the argument as YAML writes it."""
    with pytest.raises(ArgumentError) as raised:
        When(*parts)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - wrong on purpose
    assert raised.value.path == (at,)
