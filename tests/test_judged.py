"""Which text of a completion is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.judged import Passage, passage_of
from evalkit.types import Completion

if TYPE_CHECKING:
    from typing import Literal

    from evalkit.types import Judged, Outcome


def _completion(outcome: Outcome, text: str, reasoning: str = "r") -> Completion:
    return Completion(outcome, text, reasoning=reasoning)


@pytest.mark.parametrize(
    ("completion", "judged", "truncated", "passage"),
    [
        (_completion("complete", "a"), "answer", "undecided", Passage("a", whole=True)),
        (_completion("truncated", "a"), "answer", "undecided", Passage("a", whole=False)),
        (_completion("truncated", "a"), "answer", "as_is", Passage("a", whole=True)),
        (_completion("truncated", "a"), "reasoning", "undecided", Passage("r", whole=True)),
        (_completion("truncated", ""), "reasoning", "undecided", Passage("r", whole=False)),
        (_completion("truncated", "a"), "both", "undecided", Passage("r\n\na", whole=False)),
        (_completion("complete", "", ""), "answer", "undecided", Passage("", whole=True)),
    ],
    ids=["whole", "cut", "taken as it is", "before an answer", "cut itself", "both", "empty"],
)
def test_a_passage_is_whole_when_nothing_would_follow(
    completion: Completion, judged: Judged, truncated: Literal["undecided", "as_is"], passage: Passage
) -> None:
    """Reasoning is whole once the answer has begun."""
    assert passage_of(completion, judged, truncated=truncated) == passage


@pytest.mark.parametrize(
    ("completion", "judged", "why"),
    [
        (Completion("truncated", reasoning="r"), "answer", "the limit on tokens was reached before the answer began"),
        (Completion("complete", "a"), "reasoning", "the model showed no reasoning"),
    ],
    ids=["not begun", "hidden"],
)
def test_where_there_is_nothing_to_look_at_it_says_why(completion: Completion, judged: Judged, why: str) -> None:
    """Even a suite that takes cut texts as they are has none then."""
    for passage in (passage_of(completion, judged), passage_of(completion, judged, truncated="as_is")):
        assert (passage.text, passage.why, passage.whole) == (None, why, False)
