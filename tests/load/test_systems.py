"""System prompts with what they demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.constraints.keywords import ContainsAll
from evalkit.constraints.words import MaxWords
from evalkit.load import rebuild
from tests.load.conftest import changed

if TYPE_CHECKING:
    from evalkit.types import System
    from tests.load.conftest import Loader


def _dense(loader: Loader, entry: str) -> System:
    return loader(changed("dense: Be brief.", f"dense: {entry}")).systems["dense"]


def test_a_text_may_have_constraints(loader: Loader) -> None:
    """They are the system's, and no case has them."""
    suite = loader(changed("dense: Be brief.", "dense: {text: Be brief., constraints: [{max_words: 3}]}"))
    assert suite.systems["dense"].text == "Be brief."
    assert suite.systems["dense"].constraints == (MaxWords(3),)
    assert suite.cases[0].constraints == (MaxWords(8),)


def test_a_text_may_come_from_a_file(loader: Loader) -> None:
    """Beside constraints, too; the suite's document has the text."""
    loader.write("suites/dense.md", "Be brief.\n")
    text = changed("dense: Be brief.", "dense: {text: {file: dense.md}, constraints: [{max_words: 3}]}")
    suite = loader(text)
    assert suite.systems["dense"].text == "Be brief."
    assert suite.document["systems"]["dense"]["text"] == "Be brief."


def test_a_rule_may_have_constraints(loader: Loader) -> None:
    """They come in the order of the rules, those of the whole prompt last; every rule is said."""
    system = _dense(
        loader,
        "{rules: [{says: Be brief., constraints: [{max_words: 3}]}, Be kind., {says: Name it., constraints: "
        "[{contains_all: [it]}]}], filler: [Have fun.], constraints: [{max_words: 9}]}",
    )
    assert system.rules == ("Be brief.", "Be kind.", "Name it.")
    assert system.filler == ("Have fun.",)
    assert system.constraints == (MaxWords(3), ContainsAll(("it",)), MaxWords(9))


def test_rules_from_a_file_have_none_of_their_own(loader: Loader) -> None:
    """The prompt as a whole may."""
    loader.write("suites/rules.txt", "Be brief.\nBe kind.\n")
    system = _dense(loader, "{rules: {file: rules.txt}, constraints: [{max_words: 3}]}")
    assert (system.rules, system.constraints) == (("Be brief.", "Be kind."), (MaxWords(3),))


def test_what_a_system_demands_is_part_of_the_suite(loader: Loader) -> None:
    """Its hash covers it, and a suite made again from its document has it."""
    loader.write("suites/dense.md", "Be brief.\n")
    entry = "dense: {text: {file: dense.md}, constraints: [{max_words: %s}]}"
    first, second = (loader(changed("dense: Be brief.", entry % limit)) for limit in (3, 4))
    assert first.hash != second.hash
    again = rebuild(first.document)
    assert (again.systems, again.hash) == (first.systems, first.hash)


def test_a_gate_may_rest_on_a_system_prompt_alone(loader: Loader) -> None:
    """A case need demand nothing, where the axis has a system that does."""
    text = changed("    constraints:\n      - max_words: 8\n", "") + "gates: [{measure: adherence, at_least: 0.5}]\n"
    demanding = text.replace("dense: Be brief.", "dense: {text: Be brief., constraints: [{max_words: 3}]}")
    assert len(loader(demanding).gates) == 1
    assert "no case or system prompt has any" in loader.refusal(text)[0]
    unused = demanding.replace("  system: [none, dense]\n", "")
    assert "no case or system prompt has any" in loader.refusal(unused)[0]


REFUSED = [
    ("{file: a.md, constraints: []}", "9:11: system `dense` has `file` beside other keys", "write `text: {file: ...}`"),
    ("{constraints: []}", "9:10: system `dense` needs `text` or `rules`", "for example `text: Be brief.`"),
    ("{text: a, rules: [b]}", "9:11: system `dense` has both `text` and `rules`", "keep one of them"),
    ("{text: a, filler: [b]}", "9:20: filler dilutes `rules`, not a text", "name its sentences `rules`"),
    ("{text: 3}", "9:17: text must be a text, got 3", "quotes"),
    ("{text: a, constrains: []}", "9:20: unknown key `constrains`", "did you mean `constraints`?"),
    ("{text: a, constraints: [{max_word: 3}]}", "9:35: no constraint named `max_word`", "did you mean `max_words`"),
    ("{rules: []}", "9:18: rules must hold at least one sentence", "a text alone needs no `rules`"),
    ("{rules: [{constraints: []}]}", "9:19: each entry of rules lacks the key `says`", "add a line `says: ...`"),
    ("{rules: [{says: a, constraint: {}}]}", "9:29: unknown key `constraint`", "did you mean `constraints`?"),
    (
        "{rules: [{says: a, constraints: [{in_every_turn: {max_words: 3}}]}]}",
        "9:44: `in_every_turn` needs the model's own replies, and the suite has no conversation",
        "use `conversation: {..., mode: live}`",
    ),
    ("{rules: [{says: '{{ nam }}'}]}", "9:26: template uses `nam`", "did you mean `name`?"),
    ("{text: '{{ nam }}', constraints: []}", "9:17: template uses `nam`", "did you mean `name`?"),
]


@pytest.mark.parametrize(("entry", "message", "hint"), REFUSED, ids=[entry for entry, _, _ in REFUSED])
def test_refused(loader: Loader, entry: str, message: str, hint: str) -> None:
    """One sentence with the place, and a hint."""
    said, advice = loader.refusal(changed("dense: Be brief.", f"dense: {entry}"))
    assert said.startswith(message)
    assert hint in (advice or "")
