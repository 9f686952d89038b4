"""What a probe asks."""

from __future__ import annotations

from evalkit.probe.prompts import COUNTING, EVERYDAY, LONG, MARKERS, OPEN_ENDED, demand


def test_every_question_has_a_name_of_its_own() -> None:
    """Samples are told apart by the question's name."""
    names = [each.id for each in (*OPEN_ENDED, *EVERYDAY, *LONG, COUNTING)]
    assert len(set(names)) == len(names)


def test_no_question_holds_a_word_of_the_lot() -> None:
    """A word that a question names could be in the answer without a system prompt."""
    texts = " ".join(each.text.casefold() for each in (*OPEN_ENDED, *EVERYDAY))
    assert [word for word in MARKERS if word in texts] == []


def test_the_words_of_the_lot_are_many_and_different() -> None:
    """Their number is what the test of the system prompt rests on."""
    assert len(MARKERS) == len(set(MARKERS)) == 32


def test_a_demand_names_its_word_alone() -> None:
    """The system prompt holds the word that was drawn and no other one."""
    assert [word for word in MARKERS if word in demand("walrus")] == ["walrus"]
