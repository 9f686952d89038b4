"""What ends an answer: a limit on tokens, and a stop text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.probe.lengths import judge_limit, judge_stop, max_tokens, middle_word, stop
from evalkit.types import Completion, Usage
from vendors.asked import Reply
from vendors.knobs import connected

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.probe.findings import Finding
    from evalkit.types import Profile
    from vendors.server import FakeVendors


@pytest.mark.parametrize(("acts", "verdict"), [(True, "connected"), (False, "ignored")])
def test_a_limit_cuts_a_long_answer_or_does_not(
    vendors: FakeVendors,
    model_profile: Callable[..., Profile],
    checking: Callable[..., list[Finding]],
    acts: bool,
    verdict: str,
) -> None:
    """One answer is enough either way."""
    vendors.reply = connected(stops=acts)
    (finding,) = checking(model_profile(), [max_tokens])
    assert (finding.verdict, finding.draws) == (verdict, 1)
    assert (finding.contradiction is None) == acts


def test_a_short_answer_is_asked_for_once_more(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """A model that stays below the limit twice leaves it open."""
    vendors.reply = lambda _asked: Reply("No.")
    (finding,) = checking(model_profile(), [max_tokens])
    assert (finding.verdict, finding.draws) == ("undecided", 2)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Completion("truncated", usage=Usage(output_tokens=16)), "connected"),
        (Completion("truncated"), "connected"),
        (Completion("truncated", usage=Usage(output_tokens=17)), "ignored"),
        (Completion("complete", usage=Usage(output_tokens=17)), "ignored"),
        (Completion("complete", usage=Usage(output_tokens=16)), "undecided"),
        (Completion("error", error="no"), "undecided"),
        (None, "undecided"),
    ],
    ids=["at limit", "not counted", "cut later", "one over", "whole at limit", "error", "not asked"],
)
def test_what_a_single_answer_says(answer: Completion | None, verdict: str) -> None:
    """More tokens than allowed prove that the limit was ignored; a cut within it that it acts."""
    assert judge_limit(answer, 16).verdict == verdict


@pytest.mark.parametrize(("acts", "verdict"), [(True, "connected"), (False, "ignored")])
def test_a_stop_text_ends_an_answer_or_does_not(
    vendors: FakeVendors,
    model_profile: Callable[..., Profile],
    checking: Callable[..., list[Finding]],
    acts: bool,
    verdict: str,
) -> None:
    """The stop text is taken from the middle of the same answer without one."""
    vendors.reply = lambda asked: Reply(
        "1 2 3" if acts and "stop" in asked.settings else "1 2 3 4 5 6"
    )  # the spaces are the server's own
    (finding,) = checking(model_profile(), [stop])
    assert (finding.verdict, finding.draws) == (verdict, 2)
    assert vendors.completions("openai")[1].body["stop"] == ["4"]


def test_a_server_that_names_the_stop_text_is_believed() -> None:
    """The answer may be another one than before."""
    answer = Completion("complete", text="something else", stop_reason="stop_sequence")
    assert judge_stop("1 2 3 4", answer, "3").verdict == "connected"
    assert judge_stop("1 2 3 4", Completion("complete", text="something else"), "3").verdict == "undecided"
    assert judge_stop("1 2 3 4", None, "3").verdict == "undecided"


def test_a_model_of_few_words_leaves_it_open(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """There is no middle to stop at."""
    vendors.reply = lambda _asked: Reply("No.")
    (finding,) = checking(model_profile(), [stop])
    assert (finding.verdict, finding.draws) == ("undecided", 2)


@pytest.mark.parametrize(
    ("text", "word"),
    [("1 2 3 4 5 6", "4"), ("a a a a", None), ("12 1 2 3", "3"), ("one", None), ("", None)],
)
def test_the_stop_text_stands_nowhere_before_the_middle(text: str, word: str | None) -> None:
    """Otherwise it would stop an answer elsewhere."""
    assert middle_word(text) == word
