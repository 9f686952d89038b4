"""Demands that nothing judges."""

from __future__ import annotations

import pytest

from evalkit.constraints.unjudged import Unjudged
from evalkit.errors import ArgumentError
from evalkit.score import score
from evalkit.types import Completion


@pytest.mark.parametrize("whole", [True, False])
def test_every_text_is_undecided_with_the_reason(*, whole: bool) -> None:
    """The reason names the demand and why nobody can tell."""
    found = Unjudged("words:start_verb", "it needs a tagger").score("Go.", whole=whole)
    assert found.value is None
    assert found.reason == "`words:start_verb` is not judged: it needs a tagger"


def test_an_instruction_of_ifeval_keeps_its_id() -> None:
    """Verdicts say which instruction it is, so that they can be laid beside the benchmark's."""
    constraint = Unjudged("keywords:letter_frequency", "at random", "keywords:letter_frequency")
    (verdict,) = score(Completion("complete", text="x"), [constraint]).verdicts
    assert (verdict.value, verdict.loose, verdict.ifeval_id) == (None, None, "keywords:letter_frequency")


@pytest.mark.parametrize("arguments", [("",), ("a", " ")])
def test_a_demand_needs_words(arguments: tuple[str, ...]) -> None:
    """Neither demand nor reason may be empty."""
    with pytest.raises(ArgumentError):
        Unjudged(*arguments)
