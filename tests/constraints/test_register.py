"""Phrases of a register."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.constraints.register import NoAiDisclaimer, NoApology, NoClosingOffer, NoHedging
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from evalkit.protocols import Constraint

BROKEN = [
    (NoHedging(), ["I think so.", "**Perhaps** so", "I  really\nbelieve it", "It seems that Kafka", "IN MY OPINION"]),
    (NoApology(), ["I'm so sorry.", "Sorry, no.", "I apologise", "My sincere apologies!", "please forgive me"]),
    (
        NoAiDisclaimer(),
        [
            "As an AI language model, no.",
            "I’m just a chatbot",  # noqa: RUF001 - the typographic form
            "I am Claude",
            "my training data",
            "I was made by OpenAI",
        ],
    ),
    (
        NoClosingOffer(),
        [
            "A.\n\nLet me know if you need more.",
            "I hope this helps!",
            "Would you like me to go on?",
            "Feel free to ask.",
        ],
    ),
]
MET = [
    (NoHedging(), ["", "A kind of log.", "It may fail.", "“I think”, he said.", "`perhaps`", "> I guess\n"]),
    (NoApology(), ["A sorry state.", "Better safe than sorry.", "I am not sorry.", "An apology is due."]),
    (
        NoAiDisclaimer(),
        ["A language model predicts tokens.", "As an AIr force", "I trained models.", "Claude is a model."],
    ),
    (
        NoClosingOffer(),
        ["Let me know if so.\n\nThat is all.", "Kafka helps.", 'The mail ends "Let me know if you can."'],
    ),
]


def _cases(table: list[tuple[Any, list[str]]]) -> list[Any]:
    return [pytest.param(made, text, id=f"{made.name}-{text[:12]!r}") for made, texts in table for text in texts]


@pytest.mark.parametrize(("constraint", "text"), _cases(BROKEN))
def test_a_phrase_breaks_it(constraint: Constraint, text: str) -> None:
    """In any case, spacing, normal form and typography; alone, it is the span."""
    for form in ("NFC", "NFD"):
        score = constraint.score(unicodedata.normalize(form, text) + "\r\n", whole=True)
        assert score.value == 0
        assert score.spans


@pytest.mark.parametrize(("constraint", "text"), _cases(MET))
def test_other_words_do_not(constraint: Constraint, text: str) -> None:
    """Quotations, code, and words that only look alike."""
    assert constraint.score(text, whole=True).value == 1


@pytest.mark.parametrize("constraint", [each for each, _ in BROKEN], ids=lambda each: each.name)
def test_another_language_is_undecided_unless_a_phrase_is_found(
    constraint: NoHedging | NoApology | NoAiDisclaimer | NoClosingOffer,
) -> None:
    """The lists are English; a user's own phrase may be of any language."""
    text = "Es tut mir leid, aber ich glaube, dass der Server nicht antwortet."
    assert constraint.score(text, whole=True).value is None
    assert type(constraint)(also=("tut mir leid",)).score(text, whole=True).value == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [("Perhaps it", 0.0), ("Perhaps", None), ("“Perhaps it", None), ("`a` perhaps it", 0.0), ("It", None)],
    ids=["found", "may go on", "may be quoted", "after code", "none"],
)
def test_a_cut_text_keeps_a_phrase_that_nothing_can_take_back(text: str, value: float | None) -> None:
    """A quotation that is still open may be closed."""
    assert NoHedging().score(text, whole=False).value == value


def test_a_cut_text_has_no_end() -> None:
    """What is the last paragraph is not known."""
    assert NoClosingOffer().score("I hope this helps!", whole=False).value is None


def test_the_last_paragraph_may_end_in_blanks() -> None:
    """White space and line endings at the end change nothing."""
    for end in ("", "\n", "\r\n\r\n", "  \n\n\t"):
        assert NoClosingOffer().score(f"Kafka.\r\n\r\nI hope this helps!{end}", whole=True).value == 0
        assert NoClosingOffer().score(f"I hope this helps!\n\nKafka.{end}", whole=True).value == 1


def test_the_reason_shows_what_was_found() -> None:
    """As written, with its places."""
    score = NoHedging().score("Maybe. *I think*.", whole=True)
    assert score.reason == "found `Maybe` and `I think`"
    assert score.spans == (Span(0, 5), Span(8, 15))


def test_an_empty_phrase_is_refused() -> None:
    """It would be found everywhere."""
    with pytest.raises(ArgumentError, match="also"):
        NoApology(also=("",))
