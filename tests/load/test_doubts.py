"""Doubts about a suite's constraints, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.load import load
from evalkit.project import find_project

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "suite: doubts\nproviders: [script]\n"


def doubts(folder: Path, text: str) -> list[tuple[str, bool]]:
    """Load a suite and return its doubts as lines, with whether they are hopeless."""
    (folder / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    path = folder / "doubts.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    found = load(path, find_project(folder)).doubts
    return [(str(each).replace(f"{folder}/", ""), each.hopeless) for each in found]


def test_pair_is_named_with_both_places(tmp_path: Path) -> None:
    """A shared constraint and one of the case's own are held against each other."""
    text = "constraints:\n  - max_words: 60\ncases:\n  - id: a\n    prompt: Go.\n    constraints: [min_words: 80]\n"
    assert doubts(tmp_path, text) == [
        (
            (
                "doubts.yaml:8:19: no answer to case a can meet both `max_words` (doubts.yaml:4:5) and `min_words`: "
                "at most 60 words, and at least 80 words"
            ),
            True,
        )
    ]


def test_constraints_of_different_cases_are_left_apart(tmp_path: Path) -> None:
    """Two cases may ask for opposite things."""
    case = "  - {{id: {}, prompt: Go., constraints: [{}: 5]}}\n"
    assert doubts(tmp_path, "cases:\n" + case.format("a", "max_words") + case.format("b", "min_words")) == []


def test_constraint_that_says_nothing_and_one_that_cannot_be_met(tmp_path: Path) -> None:
    """Each is said once, however many cases share it; what cannot be met is not held against the others."""
    text = (
        "constraints:\n  - matches: a*\n  - not: {matches: a*}\n  - all_of: [max_words: 3, min_words: 4]\n"
        "  - min_words: 9\ncases:\n  - {id: a, prompt: Go.}\n  - {id: b, prompt: Go.}\n"
    )
    assert doubts(tmp_path, text) == [
        ("doubts.yaml:4:5: every text meets `matches`, so it says nothing", False),
        ("doubts.yaml:5:5: no text can meet `not matches`: every text meets `matches`", True),
        (
            "doubts.yaml:6:5: no text can meet `all_of(max_words, min_words)`: at most 3 words, and at least 4 words",
            True,
        ),
    ]


def test_case_is_held_against_the_system_prompts_that_it_is_asked_under(tmp_path: Path) -> None:
    """What a rule demands may be what a case makes impossible; a system that no condition uses is left alone."""
    text = (
        "axes: {system: [long]}\nsystems:\n  long:\n    rules:\n"
        "      - {says: Write much., constraints: [min_words: 80]}\n"
        "  unused: {text: Write more., constraints: [min_words: 99]}\n"
        "cases:\n  - {id: a, prompt: Go., constraints: [max_words: 60]}\n"
    )
    assert doubts(tmp_path, text) == [
        (
            (
                "doubts.yaml:7:43: no answer to case a under system long can meet both `max_words`"
                " (doubts.yaml:10:40) and `min_words`: at most 60 words, and at least 80 words"
            ),
            True,
        )
    ]


def test_very_many_constraints_are_compared_in_part_and_that_is_said(tmp_path: Path) -> None:
    """What was not looked at is not passed over in silence."""
    many = ", ".join(f"contains_all: [word{number}]" for number in range(201))
    text = "cases:\n  - id: a\n    prompt: Go.\n    constraints: [" + many + "]\n"
    assert [line.partition(": ")[2] for line, _ in doubts(tmp_path, text)] == [
        "case a has 201 constraints; only the first 200 were held against each other"
    ]
