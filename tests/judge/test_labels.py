"""Labels are read line by line, and every mistake is met with its line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.constraints.judge import Judge
from evalkit.constraints.logic import Not
from evalkit.constraints.words import MaxWords
from evalkit.errors import SuiteError
from evalkit.judge.labels import read_labels
from evalkit.types import Case, System

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.judge.labels import Label
    from evalkit.types import Suite

CASES = (
    Case("one", "Say it.", constraints=(MaxWords(5), Not(Judge("Rude?")))),
    Case("two", "Say it.", constraints=(Judge("Good?", scale=(1, 5)), Judge("Better?", against="Hi."))),
    Case("three", "Say it.", constraints=(MaxWords(5),)),
    Case("four", "Say it.", constraints=(Judge("How?", choices=("good", "bad"), passing=("good",)),)),
)


@pytest.fixture
def read(tmp_path: Path, make_suite: Callable[..., Suite]) -> Callable[..., list[Label]]:
    """Give a function that reads lines as a file of labels."""

    def read_lines(*lines: Any) -> list[Label]:  # noqa: ANN401 - plain data, or a text as it stands
        path = tmp_path / "labels.jsonl"
        path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines), "utf-8")
        return read_labels(path, "labels.jsonl", make_suite(cases=CASES))

    return read_lines


def test_labels_of_every_kind_of_question(read: Callable[..., list[Label]]) -> None:
    """True and false, choices, grades, and which of two texts; `response` is another name for `text`."""
    labels = read(
        {"case": "one", "text": "Go!", "label": True},
        {"case": "one", "response": "Please.", "label": "no", "repeat": 3},
        "",
        {"case": "two", "text": "Hello.", "question": "Good?", "label": 4},
        {"case": "two", "text": "Hello.", "question": "Better?", "label": "other"},
        {"case": "four", "text": "", "label": "good"},
    )
    assert [label.answer for label in labels] == ["yes", "no", "4", "other", "good"]
    assert [label.judge.question for label in labels] == ["Rude?", "Rude?", "Good?", "Better?", "How?"]
    assert [label.text for label in labels] == ["Go!", "Please.", "Hello.", "Hello.", ""]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "labels.jsonl:2:1: not valid JSON"),
        ("[" * 100_000, "labels.jsonl:2:1: nested too deep"),
        ([1], "labels.jsonl:2:1: a label must be a JSON object"),
        ({"case": "one", "txt": "a"}, "labels.jsonl:2:1: unknown key `txt`"),
        ({"case": "on", "text": "a", "label": True}, "labels.jsonl:2:1: no case `on`"),
        ({"case": "one", "label": True}, "labels.jsonl:2:1: a label needs `text` or `response`"),
        ({"case": "one", "text": "a"}, "labels.jsonl:2:1: `label` must be an answer to the question, got 'None'"),
        ({"case": "one", "text": "a", "label": "good"}, "labels.jsonl:2:1: `label` must be an answer"),
        ({"case": "one", "text": "a", "label": [True]}, "labels.jsonl:2:1: `label` must be an answer"),
        ({"case": "two", "text": "a", "question": "Good?", "label": 6}, "labels.jsonl:2:1: `label` must be an answer"),
        ({"case": "two", "text": "a", "label": 5}, "labels.jsonl:2:1: case `two` asks judges 2 questions"),
        ({"case": "two", "text": "a", "question": "Bad?", "label": 5}, "labels.jsonl:2:1: case `two` asks no judge"),
        ({"case": "three", "text": "a", "label": True}, "labels.jsonl:2:1: case `three` has no `judge` constraint"),
    ],
)
def test_a_wrong_line_is_refused(line: Any, message: str, read: Callable[..., list[Label]]) -> None:  # noqa: ANN401 - plain data
    """With its number, and what is met there."""
    with pytest.raises(SuiteError) as raised:
        read({"case": "one", "text": "Go!", "label": True}, line)
    assert str(raised.value).startswith(message)


def test_judges_that_system_prompts_demand_are_found(tmp_path: Path, make_suite: Callable[..., Suite]) -> None:
    """The case's own judge needs no name beside them; one that both demand is the case's."""
    rude, brief = Judge("Rude?"), Judge("Brief?")
    systems = {
        "bare": System(None, constraints=(rude,)),
        "terse": System("Be brief.", constraints=(MaxWords(5), Not(brief))),
        "terser": System("Be briefer.", constraints=(brief,)),
    }
    path = tmp_path / "labels.jsonl"
    lines = [
        {"case": "one", "text": "a", "label": True},
        {"case": "one", "text": "a", "question": "Rude?", "label": True},
        {"case": "one", "text": "a", "question": "Brief?", "label": True},
        {"case": "three", "text": "a", "question": "Rude?", "label": True},
    ]
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    labels = read_labels(path, "labels.jsonl", make_suite(cases=CASES, systems=systems))
    assert [(label.judge, label.system) for label in labels] == [
        (rude, None),
        (rude, None),
        (brief, "terse"),
        (rude, "bare"),
    ]
    path.write_text('{"case": "three", "text": "a", "label": true}', "utf-8")
    with pytest.raises(SuiteError, match="case `three` asks judges 2 questions"):
        read_labels(path, "labels.jsonl", make_suite(cases=CASES, systems=systems))


def test_no_labels_are_an_error(read: Callable[..., list[Label]]) -> None:
    """Nothing could be said of a judge."""
    with pytest.raises(SuiteError, match="holds no labels"):
        read("", "  ")
